/** The live socket's client, without the DOM: connection, back-off, resume, outbox. Prose: docs/protocol.md. */

export type LiveState = "connecting" | "live" | "reconnecting" | "offline";

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

/** The part of WebSocket that is used, so that tests can bring their own. */
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

interface Frame {
  v: number;
  type: string;
  topic?: string | null;
  seq?: number | null;
  id?: string | null;
  data?: any;
  code?: string;
  detail?: string;
}

interface Waiting {
  frame: string;
  resolve(value: unknown): void;
  reject(error: LiveError): void;
}

interface Topic {
  followers: Set<Follower>;
  epoch: string | null;
  seq: number | null;
  picture: unknown;
  since: { type: string; data: unknown; seq: number }[];
  present: Map<string, string>;
}

const OPEN = 1;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;
const SIGNED_OUT = 4401;

export class Link {
  state: LiveState = "connecting";
  private wire: Wire | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private started = false;
  private readonly topics = new Map<string, Topic>();
  private readonly outbox = new Map<string, Waiting>();
  private readonly directs = new Map<string, Set<(data: any) => void>>();
  private readonly watchers = new Set<(state: LiveState) => void>();

  constructor(private readonly around: Surroundings) {}

  start(): void {
    if (this.started) return;
    this.started = true;
    this.connect();
  }

  follow(name: string, follower: Follower): () => void {
    this.start();
    let topic = this.topics.get(name);
    if (!topic) {
      topic = { followers: new Set(), epoch: null, seq: null, picture: null, since: [], present: new Map() };
      this.topics.set(name, topic);
      this.subscribe(name, topic);
    } else if (topic.seq !== null) {
      // Somebody on this page follows already: ask for a fresh picture, so that the newcomer starts whole.
      topic.seq = null;
      this.subscribe(name, topic);
    }
    topic.followers.add(follower);
    return () => {
      if (!topic.followers.delete(follower) || topic.followers.size > 0) return;
      if (this.topics.get(name) === topic) {
        this.topics.delete(name);
        this.write({ v: 1, id: crypto.randomUUID(), type: "topic.unsubscribe", data: { topic: name } });
      }
    };
  }

  send(type: string, data: object): Promise<unknown> {
    this.start();
    const id = crypto.randomUUID();
    const frame = JSON.stringify({ v: 1, id, type, data });
    return new Promise((resolve, reject) => {
      this.outbox.set(id, { frame, resolve, reject });
      if (this.wire?.readyState === OPEN) this.wire.send(frame);
    });
  }

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
    if (!this.started || this.wire?.readyState === OPEN) return;
    clearTimeout(this.timer);
    if (this.around.online()) this.connect();
    else this.become("offline");
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
      for (const [name, topic] of this.topics) this.subscribe(name, topic);
      for (const waiting of this.outbox.values()) wire.send(waiting.frame);
      this.become("live");
    };
    wire.onmessage = (event) => {
      this.tries = 0;
      this.read(JSON.parse(event.data) as Frame);
    };
    wire.onclose = (event) => {
      this.wire = null;
      this.retry(event.code as number);
    };
  }

  private retry(code: number): void {
    this.become(this.around.online() ? "reconnecting" : "offline");
    if (code === SIGNED_OUT && this.tries > 0) return;
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries++);
    const random = this.around.random ?? Math.random;
    this.timer = setTimeout(() => this.connect(), random() * ceiling);
  }

  private subscribe(name: string, topic: Topic): void {
    const resume = topic.seq === null ? {} : { epoch: topic.epoch, seq: topic.seq };
    this.write({ v: 1, id: crypto.randomUUID(), type: "topic.subscribe", data: { topic: name, ...resume } });
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
    const waiting = this.outbox.get(frame.id ?? "");
    if (!waiting) return;
    this.outbox.delete(frame.id ?? "");
    if (frame.type === "done") waiting.resolve(frame.data);
    else waiting.reject(new LiveError(frame.code ?? "broken", frame.detail ?? ""));
  }

  private hear(name: string, topic: Topic, frame: Frame): void {
    const seq = frame.seq ?? null;
    const followers = [...topic.followers];
    switch (frame.type) {
      case "topic.picture":
        topic.epoch = frame.data.epoch;
        topic.seq = seq;
        for (const follower of followers) follower.picture(frame.data.data, seq ?? 0);
        return;
      case "topic.resumed":
        topic.epoch = frame.data.epoch;
        topic.seq = seq;
        return;
      case "access.revoked":
        this.topics.delete(name);
        for (const follower of followers) follower.revoked?.();
        return;
      case "presence.now":
      case "presence.changed":
        if (frame.type === "presence.now") topic.present.clear();
        for (const one of (frame.data.present_people ?? frame.data.joined ?? []) as Present[]) topic.present.set(one.id, one.name);
        for (const id of (frame.data.left ?? []) as string[]) topic.present.delete(id);
        for (const follower of followers) follower.presence?.({ present: [...topic.present].map(([id, name]) => ({ id, name })) });
        return;
    }
    if (seq !== null) {
      if (topic.seq === null || seq <= topic.seq) return;
      topic.seq = seq;
    }
    for (const follower of followers) follower.message(frame.type, frame.data, seq);
  }
}
