/**
 * A document's link to the server: a Yjs provider that says what is saved, and only when it is.
 * Knows no DOM. Prose: docs/protocol/documents.md.
 */
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";
import { renumbered } from "./renumber";
import * as wire from "./wire";

/** `unsaved`: connected or not, edits are kept here and nothing promises that they will arrive. */
export type SyncState = "connecting" | "saved" | "sending" | "reconnecting" | "offline" | "unsaved" | "ended";
/** Why the link gave up. All but `stopped` are shown to the person. */
export type Ending = "signed_out" | "forbidden" | "too_large" | "stopped";

/** The part of WebSocket that is used, so that tests can bring their own. */
export interface Wire {
  binaryType: string;
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
}

export interface Surroundings {
  open(): Wire;
  online(): boolean;
  random?(): number;
}

const OPEN = 1;
const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 15_000;
// The server is full or asks for patience: do not come back at once.
const PATIENT_RETRY_MS = 5_000;
// Longer than any healthy COMMIT: then "sending" would be a promise nobody can keep.
const SLOW_MS = 8_000;
const CURSOR_MS = 30;
// A dead network closes no socket: ask when it is silent, give up when there is no answer.
const SILENCE_MS = 20_000;
const ANSWER_MS = 10_000;
// So many contradictions in a row and it is not our number that is wrong.
const MOST_NEW_NUMBERS = 3;

const SIGNED_OUT = 4401;
const FORBIDDEN = 4403;
const CONTRADICTION = 4409;
const TOO_LARGE = 4413;
const TOO_MANY = 4429;
const UNAVAILABLE = 4503;
const ENDINGS: Record<number, Ending> = { [SIGNED_OUT]: "signed_out", [FORBIDDEN]: "forbidden", [TOO_LARGE]: "too_large" };

export class DocumentSync {
  doc = new Y.Doc();
  awareness = new Awareness(this.doc);
  state: SyncState = "connecting";
  ending: Ending | null = null;
  /** Whether the server's content has been here once: before, an empty text says nothing. */
  synced = false;
  /** Whether there are edits of this page that the server has not acknowledged. */
  unsaved = false;

  private wire: Wire | null = null;
  private greeted = false; // the server's step 1 is answered: from here on each edit is sent by itself
  private upToDate = false; // the server's step 2 has come on this socket
  private sent = 0;
  private acknowledged = 0;
  private savedClock = 0; // this client's clock at the last moment when everything was acknowledged
  private slow = false;
  private tries = 0;
  private newNumbers = 0;
  private orphans: Uint8Array | null = null;
  private retryTimer: Timer;
  private slowTimer: Timer;
  private cursorTimer: Timer;
  private silenceTimer: Timer;
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly around: Surroundings,
    /** A reader's page never sends content: not even the deletions that Yjs adds to every answer. */
    public writes: boolean,
  ) {
    this.listen();
  }

  start(): void {
    if (this.ending === "stopped") return;
    this.ending = null;
    this.connect();
    this.tell();
  }

  stop(): void {
    this.awareness.setLocalState(null);
    this.sendCursor();
    this.ending = "stopped";
    this.hangUp();
    this.awareness.destroy();
    this.doc.destroy();
    for (const timer of [this.slowTimer, this.cursorTimer]) clearTimeout(timer);
    this.watchers.clear();
  }

  /** The network came or went, or the page is seen again: look now instead of at the next try. */
  wake(): void {
    if (this.ending) return;
    if (this.wire?.readyState === OPEN) this.askForLife();
    else if (this.around.online() && !this.wire) {
      clearTimeout(this.retryTimer);
      this.connect();
    }
    this.tell();
  }

  /** The right changed while the page was open. */
  setWrites(writes: boolean): void {
    if (writes === this.writes) return;
    this.writes = writes;
    this.hangUp();
    this.start();
  }

  /** Called after every change of `state`, `unsaved`, `synced` or `doc`. */
  onChange(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  // --- the socket ---

  private connect(): void {
    if (this.wire) return;
    const socket = (this.wire = this.around.open());
    socket.binaryType = "arraybuffer";
    this.greeted = this.upToDate = false;
    this.sent = this.acknowledged = 0;
    socket.onopen = () => {
      socket.send(wire.step1(Y.encodeStateVector(this.doc)));
      this.sendCursor();
      this.watchSilence();
    };
    socket.onmessage = (event) => {
      this.watchSilence();
      this.hear(wire.read(new Uint8Array(event.data as ArrayBuffer)));
    };
    socket.onclose = (event) => {
      if (socket !== this.wire) return;
      this.lost();
      this.closed(event.code as number);
    };
  }

  private hangUp(): void {
    const socket = this.wire;
    this.lost();
    clearTimeout(this.retryTimer);
    socket?.close(1000);
  }

  private lost(): void {
    this.wire = null;
    this.greeted = this.upToDate = false;
    clearTimeout(this.silenceTimer);
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.awareness.clientID);
    removeAwarenessStates(this.awareness, others, this);
    // Else what the server tells of them after the reconnection would be old news, and passed over.
    for (const client of others) this.awareness.meta.delete(client);
  }

  private closed(code: number): void {
    const ending = ENDINGS[code];
    if (ending) this.ending = ending;
    else if (code === CONTRADICTION && this.newNumbers < MOST_NEW_NUMBERS) {
      this.newNumbers++;
      this.startOver();
      this.connect();
    } else this.retryLater(code);
    this.tell();
  }

  private retryLater(code: number): void {
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries++);
    const floor = code === TOO_MANY || code === UNAVAILABLE ? PATIENT_RETRY_MS : 0;
    const random = this.around.random ?? Math.random;
    this.retryTimer = setTimeout(() => this.connect(), floor + random() * ceiling);
  }

  private watchSilence(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.askForLife(), SILENCE_MS);
  }

  private askForLife(): void {
    this.send(wire.queryAwareness());
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => {
      const socket = this.wire;
      this.lost();
      this.retryLater(0);
      socket?.close();
      this.tell();
    }, ANSWER_MS);
  }

  private send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.wire?.readyState === OPEN) this.wire.send(frame);
  }

  // --- what is said ---

  private listen(): void {
    this.doc.on("update", this.edited);
    this.awareness.on("update", this.moved);
  }

  private readonly edited = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    this.markUnsaved();
    if (this.greeted) this.sendContent(wire.update(update));
    this.tell();
  };

  private sendContent(frame: Uint8Array<ArrayBuffer>): void {
    this.sent++;
    this.send(frame);
  }

  private readonly moved = (change: { added: number[]; updated: number[]; removed: number[] }): void => {
    if (![...change.added, ...change.updated, ...change.removed].includes(this.awareness.clientID)) return;
    this.cursorTimer ??= setTimeout(() => this.sendCursor(), CURSOR_MS);
  };

  private sendCursor(): void {
    clearTimeout(this.cursorTimer);
    this.cursorTimer = undefined;
    this.send(wire.awareness(encodeAwarenessUpdate(this.awareness, [this.awareness.clientID])));
  }

  // --- what is heard ---

  private hear(message: wire.Heard): void {
    switch (message.kind) {
      case "step1":
        this.greeted = true;
        if (this.writes) this.sendContent(wire.step2(Y.encodeStateAsUpdate(this.doc, message.state)));
        break;
      case "update":
        Y.applyUpdate(this.doc, message.update, this);
        this.caughtUp();
        break;
      case "awareness":
        applyAwarenessUpdate(this.awareness, message.update, this);
        return;
      case "acknowledged":
        this.acknowledged = Math.min(message.count, this.sent);
        break;
      case "unknown":
        return;
    }
    this.settle();
    this.tell();
  }

  private caughtUp(): void {
    if (this.upToDate) return;
    this.upToDate = this.synced = true;
    this.tries = 0;
    if (this.orphans) {
      const update = this.orphans;
      this.orphans = null;
      Y.applyUpdate(this.doc, update, "renumbered");
    }
  }

  // --- what is saved ---

  private markUnsaved(): void {
    this.unsaved = true;
    this.slowTimer ??= setTimeout(() => {
      this.slow = true;
      this.tell();
    }, SLOW_MS);
  }

  private settle(): void {
    if (!this.upToDate || this.acknowledged < this.sent) return;
    // The server asks only those who may write. Who no longer may keeps what was not taken, as unsaved.
    if (this.writes ? !this.greeted : this.unsaved) return;
    this.unsaved = this.slow = false;
    this.newNumbers = 0;
    this.savedClock = Y.getState(this.doc.store, this.doc.clientID);
    clearTimeout(this.slowTimer);
    this.slowTimer = undefined;
  }

  private judge(): SyncState {
    if (this.ending) return this.unsaved ? "unsaved" : "ended";
    if (!this.around.online()) return "offline";
    if (!this.upToDate) return this.synced ? "reconnecting" : "connecting";
    if (!this.unsaved) return "saved";
    return this.slow || !this.writes ? "unsaved" : "sending";
  }

  private tell(): void {
    this.state = this.judge();
    for (const watcher of [...this.watchers]) watcher();
  }

  // --- one number, two contents ---

  /** The server holds other content under our number: its text wins, and what it has not taken gets a new number. */
  private startOver(): void {
    const { doc, awareness } = this;
    const user: unknown = awareness.getLocalState()?.["user"];
    this.doc = new Y.Doc();
    this.awareness = new Awareness(this.doc);
    if (user !== undefined) this.awareness.setLocalStateField("user", user);
    if (this.unsaved) {
      const known = Y.decodeStateVector(Y.encodeStateVector(doc));
      known.set(doc.clientID, this.savedClock);
      const lost = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(known));
      this.orphans = renumbered(lost, doc.clientID, this.savedClock, this.doc.clientID);
    }
    this.savedClock = 0;
    this.listen();
    awareness.destroy();
    doc.destroy();
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
