/** What one client wrote, under another client's number: for when the server holds something else under the first. */
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

/**
 * The update with every clock of `from` at or after `clock` moved to `to`, counted from 0.
 *
 * Text, places and deletions stay what they were; only the name under which they are stored changes. `update` must hold
 * nothing of `from` before `clock`: take it with `Y.encodeStateAsUpdate(doc, stateVector)`.
 */
export function renumbered(update: Uint8Array, from: number, clock: number, to: number): Uint8Array {
  const { structs, ds } = Y.decodeUpdate(update);
  const moved = (id: Y.ID | null): Y.ID | null =>
    id !== null && id.client === from && id.clock >= clock ? Y.createID(to, id.clock - clock) : id;

  const byClient = new Map<number, (Y.Item | Y.GC)[]>();
  for (const struct of structs as (Y.Item | Y.GC)[]) {
    if (struct.constructor === Y.Skip) continue;
    struct.id = moved(struct.id)!;
    if (struct instanceof Y.Item) {
      struct.origin = moved(struct.origin);
      struct.rightOrigin = moved(struct.rightOrigin);
      if (struct.parent instanceof Y.ID) struct.parent = moved(struct.parent);
    }
    byClient.set(struct.id.client, [...(byClient.get(struct.id.client) ?? []), struct]);
  }

  const encoder = new Y.UpdateEncoderV1();
  encoding.writeVarUint(encoder.restEncoder, byClient.size);
  // Highest number first, as Yjs itself writes.
  for (const [client, run] of [...byClient].sort(([a], [b]) => b - a)) {
    encoding.writeVarUint(encoder.restEncoder, run.length);
    encoder.writeClient(client);
    encoding.writeVarUint(encoder.restEncoder, run[0]!.id.clock);
    for (const struct of run) struct.write(encoder, 0);
  }
  writeDeletes(encoder, ds.clients, from, clock, to);
  return encoder.toUint8Array();
}

function writeDeletes(
  encoder: Y.UpdateEncoderV1,
  clients: Map<number, { clock: number; len: number }[]>,
  from: number,
  clock: number,
  to: number,
): void {
  const moved = new Map<number, { clock: number; len: number }[]>();
  const add = (client: number, start: number, end: number) => {
    if (end > start) moved.set(client, [...(moved.get(client) ?? []), { clock: start, len: end - start }]);
  };
  for (const [client, deletes] of clients) {
    for (const { clock: start, len } of deletes) {
      if (client !== from) add(client, start, start + len);
      else {
        add(from, start, Math.min(start + len, clock));
        add(to, Math.max(start, clock) - clock, start + len - clock);
      }
    }
  }
  encoding.writeVarUint(encoder.restEncoder, moved.size);
  for (const [client, deletes] of moved) {
    encoder.resetDsCurVal();
    encoding.writeVarUint(encoder.restEncoder, client);
    encoding.writeVarUint(encoder.restEncoder, deletes.length);
    for (const one of deletes) {
      encoder.writeDsClock(one.clock);
      encoder.writeDsLen(one.len);
    }
  }
}
