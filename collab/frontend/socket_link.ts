/** The live socket's client, without the DOM: connection, back-off, resume, outbox. Prose: docs/protocol.md. */
import type { Words } from "./protocol";
import { t } from "./text";

/** `signed-out`: the server closed this session's sockets; only a new page helps. */
export type LiveState = "connecting" | "live" | "reconnecting" | "offline" | "signed-out";

export interface Present {
  id: string;
  name: string;
}

export interface Follower {
  picture(data: any, seq: number): void;
  message(type: string, data: any, seq: number | null): void;
  revoked?(): void;
  presence?(p: { present: Present[] }): void;
}

/** A refusal by the server. `code` is for programs, `detail` for people. */
export class LiveError extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail || code);
    this.name = "LiveError";
  }
}

/** The part of WebSocket that is used, so that tests and shared sockets can bring their own. */
export interface Wire {
  readonly readyState: number;
  send(text: string): void;
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

export interface Frame {
  v: number;
  type: string;
  topic?: string | null;
  seq?: number | null;
  id?: string | null;
  data?: any;
  code?: string;
  detail?: string;
}

/** What a word of ours carries; a word this build does not know carries what it wants. */
export type DataOf<W extends string> = W extends keyof Words ? Words[W] : object;

interface Waiting {
  frame: string;
  resolve(value: unknown): void;
  reject(error: LiveError): void;
}

interface Topic {
  followers: Set<Follower>;
  /** Followers that have no picture yet; they hear nothing before it. */
  awaiting: Set<Follower>;
  epoch: string | null;
  seq: number | null;
  present: Map<string, string>;
  presenceKnown: boolean;
}

const OPEN = 1;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;
const PROBE_MS = 5_000;
const SIGNED_OUT = 4401;
/** Bad frames and too many sockets: coming back at once would only do it again. */
const NOT_AT_ONCE = new Set([4400, 4403, 4429]);
/** Answered for as long as the socket lives, and followed by nobody. */
const PROBE = { type: "topic.unsubscribe", data: { topic: "alive:probe" } };

export class Link {
  state: LiveState = "connecting";
  private wire: Wire | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private probe: ReturnType<typeof setTimeout> | undefined;
  private started = false;
  private readonly topics = new Map<string, Topic>();
  private readonly subscriptions = new Map<string, string>();
  private readonly outbox = new Map<string, Waiting>();
  private readonly directs = new Map<string, Set<(data: any) => void>>();
  private readonly watchers = new Set<(state: LiveState) => void>();

  constructor(private readonly around: Surroundings) {}

  start(): void {
    if (this.started) return;
    this.started = true;
    this.connect();
  }

  /** Get the topic's picture, then each announcement; who follows already is not disturbed. Returns the way to stop. */
  follow(name: string, follower: Follower): () => void {
    this.start();
    let topic = this.topics.get(name);
    if (!topic) {
      topic = { followers: new Set(), awaiting: new Set(), epoch: null, seq: null, present: new Map(), presenceKnown: false };
      this.topics.set(name, topic);
    }
    topic.followers.add(follower);
    topic.awaiting.add(follower);
    this.subscribe(name, topic);
    return () => {
      topic.awaiting.delete(follower);
      if (!topic.followers.delete(follower) || topic.followers.size > 0) return;
      if (this.topics.get(name) !== topic) return;
      this.topics.delete(name);
      this.write({ v: 1, id: crypto.randomUUID(), type: "topic.unsubscribe", data: { topic: name } });
    };
  }

  /** Ask for a write. Without a connection it waits here, and a repeat after a lost answer is the same write. */
  send<W extends string>(type: W, data: DataOf<W>): Promise<unknown> {
    this.start();
    if (this.state === "signed-out") return Promise.reject(signedOut());
    const id = crypto.randomUUID();
    const frame = JSON.stringify({ v: 1, id, type, data });
    return new Promise((resolve, reject) => {
      this.outbox.set(id, { frame, resolve, reject });
      if (this.wire?.readyState === OPEN) this.wire.send(frame);
    });
  }

  /** Hear words that belong to no topic: those sent to this socket alone. */
  direct(type: string, handler: (data: any) => void): () => void {
    this.start();
    const handlers = this.directs.get(type) ?? new Set();
    this.directs.set(type, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  onState(watcher: (state: LiveState) => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** The network came or went, or the page is seen again: look now instead of at the next try. */
  wake(): void {
    if (!this.started || this.state === "signed-out") return;
    if (this.wire?.readyState === OPEN) {
      this.ask(this.wire);
      return;
    }
    if (!this.around.online()) return this.become("offline");
    clearTimeout(this.timer);
    this.connect();
  }

  /** A connection that slept with its phone looks open and is dead: what does not answer soon is left. */
  private ask(wire: Wire): void {
    clearTimeout(this.probe);
    this.write({ v: 1, id: crypto.randomUUID(), ...PROBE });
    this.probe = setTimeout(() => {
      if (this.wire !== wire) return;
      wire.onopen = wire.onmessage = wire.onclose = null;
      wire.close();
      this.wire = null;
      this.tries = 0;
      this.retry(1006);
    }, PROBE_MS);
  }

  private become(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    for (const watcher of [...this.watchers]) watcher(state);
  }

  private connect(): void {
    if (this.wire) return;
    const wire = (this.wire = this.around.open());
    wire.onopen = () => {
      this.subscriptions.clear();
      for (const [name, topic] of this.topics) this.subscribe(name, topic);
      for (const waiting of this.outbox.values()) wire.send(waiting.frame);
      this.become("live");
    };
    wire.onmessage = (event) => {
      this.tries = 0;
      clearTimeout(this.probe);
      this.read(JSON.parse(event.data) as Frame);
    };
    wire.onclose = (event) => {
      this.wire = null;
      clearTimeout(this.probe);
      this.retry(event.code as number);
    };
  }

  private retry(code: number): void {
    // Once is no proof: another tab may just have renewed the session.
    if (code === SIGNED_OUT && this.tries > 0) return this.endSession();
    this.become(this.around.online() ? "reconnecting" : "offline");
    if (NOT_AT_ONCE.has(code)) this.tries = Math.max(this.tries, 5);
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries++);
    const random = this.around.random ?? Math.random;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), (NOT_AT_ONCE.has(code) ? 0.5 + random() / 2 : random()) * ceiling);
  }

  private endSession(): void {
    this.become("signed-out");
    for (const waiting of this.outbox.values()) waiting.reject(signedOut());
    this.outbox.clear();
  }

  private subscribe(name: string, topic: Topic): void {
    if (this.wire?.readyState !== OPEN) return;
    const id = crypto.randomUUID();
    const whole = topic.seq === null || topic.awaiting.size > 0;
    const resume = whole ? {} : { epoch: topic.epoch, seq: topic.seq };
    this.subscriptions.set(id, name);
    this.write({ v: 1, id, type: "topic.subscribe", data: { topic: name, ...resume } });
  }

  private write(frame: object): void {
    if (this.wire?.readyState === OPEN) this.wire.send(JSON.stringify(frame));
  }

  private read(frame: Frame): void {
    if (frame.type === "done" || frame.type === "error") this.answer(frame);
    else if (frame.topic == null) for (const handler of [...(this.directs.get(frame.type) ?? [])]) handler(frame.data);
    else {
      const topic = this.topics.get(frame.topic);
      if (topic) this.hear(frame.topic, topic, frame);
    }
  }

  private answer(frame: Frame): void {
    const id = frame.id ?? "";
    const name = this.subscriptions.get(id);
    this.subscriptions.delete(id);
    if (name !== undefined && frame.type === "error") this.notFollowed(name, frame.code ?? "broken");
    const waiting = this.outbox.get(id);
    if (!waiting) return;
    this.outbox.delete(id);
    if (frame.type === "done") waiting.resolve(frame.data);
    else waiting.reject(new LiveError(frame.code ?? "broken", frame.detail ?? ""));
  }

  /** A topic that is not ours is as good as revoked; at any other fault, ask again a little later. */
  private notFollowed(name: string, code: string): void {
    const topic = this.topics.get(name);
    if (!topic) return;
    if (code === "not_found" || code === "forbidden") return this.revoke(name, topic);
    const random = this.around.random ?? Math.random;
    setTimeout(() => this.topics.get(name) === topic && this.subscribe(name, topic), 1000 + random() * 2000);
  }

  private revoke(name: string, topic: Topic): void {
    this.topics.delete(name);
    for (const follower of [...topic.followers]) follower.revoked?.();
  }

  private hear(name: string, topic: Topic, frame: Frame): void {
    const seq = frame.seq ?? null;
    switch (frame.type) {
      case "topic.picture":
        return this.draw(topic, frame.data.epoch as string, seq ?? 0, frame.data.data);
      case "topic.resumed":
        // On a shared socket another page may have resumed from further on than we are.
        if (topic.seq !== null && topic.awaiting.size === 0 && (topic.epoch !== frame.data.epoch || topic.seq < (seq ?? 0)))
          this.subscribe(name, topic);
        return;
      case "access.revoked":
        return this.revoke(name, topic);
      case "presence.now":
      case "presence.changed":
        return this.count(topic, frame);
    }
    if (seq !== null) {
      if (topic.seq === null || seq <= topic.seq) return;
      // Numbers have no holes: what lies between was lost on its way to us.
      if (seq > topic.seq + 1) return this.subscribe(name, topic);
      topic.seq = seq;
    }
    for (const follower of [...topic.followers]) {
      if (!topic.awaiting.has(follower)) follower.message(frame.type, frame.data, seq);
    }
  }

  private draw(topic: Topic, epoch: string, seq: number, data: unknown): void {
    const isNewer = topic.seq === null || topic.epoch !== epoch || seq > topic.seq;
    const hear = isNewer ? [...topic.followers] : [...topic.awaiting];
    const newcomers = new Set(topic.awaiting);
    topic.awaiting.clear();
    if (isNewer) [topic.epoch, topic.seq] = [epoch, seq];
    for (const follower of hear) follower.picture(data, seq);
    if (topic.presenceKnown) for (const follower of newcomers) follower.presence?.(presentIn(topic));
  }

  private count(topic: Topic, frame: Frame): void {
    if (frame.type === "presence.now") topic.present.clear();
    topic.presenceKnown = true;
    for (const one of (frame.data.present_people ?? frame.data.joined ?? []) as Present[]) topic.present.set(one.id, one.name);
    for (const id of (frame.data.left ?? []) as string[]) topic.present.delete(id);
    for (const follower of [...topic.followers]) follower.presence?.(presentIn(topic));
  }
}

const presentIn = (topic: Topic) => ({ present: [...topic.present].map(([id, name]) => ({ id, name })) });
const signedOut = () => new LiveError("signed_out", t("Vous êtes déconnecté·e : rechargez la page."));
