/** The messages of the y-websocket protocol that a browser says and hears. Prose: docs/protocol/documents.md. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const ACKNOWLEDGED = 100;

const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;

export type Heard =
  | { kind: "step1"; state: Uint8Array }
  | { kind: "update"; update: Uint8Array }
  | { kind: "awareness"; update: Uint8Array }
  | { kind: "acknowledged"; count: number }
  | { kind: "unknown" };

export function read(data: Uint8Array): Heard {
  const decoder = decoding.createDecoder(data);
  const kind = decoding.readVarUint(decoder);
  if (kind === SYNC) return readSync(decoder);
  if (kind === AWARENESS) return { kind: "awareness", update: decoding.readVarUint8Array(decoder) };
  if (kind === ACKNOWLEDGED) return { kind: "acknowledged", count: decoding.readVarUint(decoder) };
  return { kind: "unknown" };
}

function readSync(decoder: decoding.Decoder): Heard {
  const step = decoding.readVarUint(decoder);
  const body = decoding.readVarUint8Array(decoder);
  if (step === STEP_1) return { kind: "step1", state: body };
  return step === STEP_2 || step === UPDATE ? { kind: "update", update: body } : { kind: "unknown" };
}

function frame(kinds: number[], body?: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  for (const kind of kinds) encoding.writeVarUint(encoder, kind);
  if (body) encoding.writeVarUint8Array(encoder, body);
  return encoding.toUint8Array(encoder) as Uint8Array<ArrayBuffer>;
}

export const step1 = (state: Uint8Array) => frame([SYNC, STEP_1], state);
export const step2 = (update: Uint8Array) => frame([SYNC, STEP_2], update);
export const update = (bytes: Uint8Array) => frame([SYNC, UPDATE], bytes);
export const awareness = (bytes: Uint8Array) => frame([AWARENESS], bytes);
export const queryAwareness = () => frame([QUERY_AWARENESS]);
