/**
 * One WebSocket for all tabs of a session: the part that runs in the shared worker, without the worker around it.
 *
 * Every page keeps its own `Link`, with its topics, its place in each and its unanswered writes. The switchboard only
 * knows which page asked for what: answers go back by id, announcements go to the pages that follow their topic, and a
 * topic is left when its last page leaves. Links drop what they have already, so passing on too much does no harm.
 */
import type { Frame, Wire } from "./socket_link";

/** From a page to the worker. `lock` is a Web Lock the page holds while it lives. */
export type FromPage = { kind: "open"; lock: string } | { kind: "frame"; text: string } | { kind: "bye" };

/** From the worker to a page. */
export type ToPage = { kind: "hello" } | { kind: "open" } | { kind: "frame"; text: string } | { kind: "close"; code: number };

export interface Line {
  post(message: ToPage): void;
}

const OPEN = 1;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;

export class Switchboard {
  private wire: Wire | null = null;
  private readonly lines = new Map<Line, Set<string>>();
  private readonly asked = new Map<string, Line>();
  private failures = 0;
  private notBefore = 0;

  constructor(
    private readonly open: () => Wire,
    private readonly random: () => number = Math.random,
  ) {}

  hear(line: Line, message: FromPage): void {
    if (message.kind === "open") this.attach(line);
    else if (message.kind === "bye") this.detach(line);
    else if (this.lines.has(line)) this.forward(line, message.text);
  }

  private attach(line: Line): void {
    this.lines.set(line, new Set());
    line.post({ kind: "hello" });
    if (this.wire?.readyState === OPEN) line.post({ kind: "open" });
    else if (!this.wire) this.connect();
  }

  /** The page is gone, or wants no more: leave what only it followed. */
  detach(line: Line): void {
    const topics = this.lines.get(line);
    if (!topics) return;
    this.lines.delete(line);
    for (const [id, other] of this.asked) if (other === line) this.asked.delete(id);
    for (const topic of topics) {
      if (!this.isFollowed(topic)) this.write({ v: 1, id: crypto.randomUUID(), type: "topic.unsubscribe", data: { topic } });
    }
    if (this.lines.size === 0) this.wire?.close(1000);
  }

  private connect(): void {
    // Each page backs off by itself; together they must not come back sooner than one.
    const wait = this.notBefore - Date.now();
    if (wait > 0) {
      setTimeout(() => !this.wire && this.lines.size > 0 && this.connect(), wait);
      return;
    }
    const wire = (this.wire = this.open());
    wire.onopen = () => this.tellAll({ kind: "open" });
    wire.onmessage = (event) => {
      this.failures = 0;
      this.route(event.data as string);
    };
    wire.onclose = (event) => {
      this.wire = null;
      this.notBefore = Date.now() + this.random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures++);
      this.asked.clear();
      const lines = [...this.lines.keys()];
      this.lines.clear(); // each asks again when its own back-off is over
      for (const line of lines) line.post({ kind: "close", code: event.code as number });
    };
  }

  private forward(line: Line, text: string): void {
    const frame = JSON.parse(text) as Frame;
    const topics = this.lines.get(line)!;
    const topic = frame.data?.topic as string;
    if (frame.type === "topic.subscribe") topics.add(topic);
    if (frame.type === "topic.unsubscribe" && topics.delete(topic) && this.isFollowed(topic)) return;
    if (frame.id) this.asked.set(frame.id, line);
    if (this.wire?.readyState === OPEN) this.wire.send(text);
  }

  private route(text: string): void {
    const frame = JSON.parse(text) as Frame;
    const message: ToPage = { kind: "frame", text };
    if (frame.type === "done" || frame.type === "error") {
      this.asked.get(frame.id ?? "")?.post(message);
      this.asked.delete(frame.id ?? "");
      return;
    }
    const topic = frame.topic ?? null;
    for (const [line, topics] of this.lines) {
      if (topic === null || topics.has(topic)) line.post(message);
      if (topic !== null && frame.type === "access.revoked") topics.delete(topic);
    }
  }

  private isFollowed(topic: string): boolean {
    return [...this.lines.values()].some((topics) => topics.has(topic));
  }

  private tellAll(message: ToPage): void {
    for (const line of this.lines.keys()) line.post(message);
  }

  private write(frame: object): void {
    if (this.wire?.readyState === OPEN) this.wire.send(JSON.stringify(frame));
  }
}
