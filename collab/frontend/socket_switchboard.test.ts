import { beforeEach, describe, expect, it, vi } from "vitest";
import { Link, type Wire } from "./socket_link";
import { PortWire, type Port } from "./socket_port";
import { Switchboard, type FromPage, type Line, type ToPage } from "./socket_switchboard";

const TOPIC = "circle:lyon";
const EPOCH = "11111111-0000-4000-8000-000000000000";

/** The server's end of the one socket. */
class Server implements Wire {
  readyState = 0;
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  heard: any[] = [];
  closedWith: number | undefined;
  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }
  close(code?: number): void {
    this.closedWith = code;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.({});
  }
  drop(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  tell(frame: object): void {
    this.onmessage?.({ data: JSON.stringify({ v: 1, ...frame }) });
  }
  said(type: string): any[] {
    return this.heard.filter((frame) => frame.type === type);
  }
}

/** A tab: its Link, and the port between it and the switchboard. */
class Tab {
  pictures: number[] = [];
  messages: (number | null)[] = [];
  direct: unknown[] = [];
  states: string[] = [];
  readonly link: Link;
  line!: Line;

  constructor() {
    this.link = new Link({ open: () => this.open(), online: () => true, random: () => 0 });
    this.link.onState((state) => this.states.push(state));
    this.link.direct("call.offer", (data) => this.direct.push(data));
  }

  private open(): Wire {
    const port: Port = { onmessage: null, postMessage: (message: FromPage) => switchboard.hear(this.line, message) };
    this.line = { post: (message: ToPage) => port.onmessage?.({ data: message } as MessageEvent<ToPage>) };
    const here = { then: (run: (name: string) => void) => void queue.push(() => run("lock")) } as unknown as Promise<string>;
    return new PortWire(port, here, () => undefined);
  }

  follow(): () => void {
    return this.link.follow(TOPIC, {
      picture: (_, seq) => this.pictures.push(seq),
      message: (_type, _data, seq) => this.messages.push(seq),
    });
  }
}

let servers: Server[];
let switchboard: Switchboard;
let queue: (() => void)[];
const server = () => servers.at(-1)!;

/** Let the tabs' locks be granted, as a browser does a moment later. */
function settle(): void {
  for (const run of queue.splice(0)) run();
}

function tabs(count: number): Tab[] {
  const made = Array.from({ length: count }, () => new Tab());
  settle();
  if (server().readyState === 0) server().accept();
  return made;
}

beforeEach(() => {
  vi.useFakeTimers();
  servers = [];
  queue = [];
  switchboard = new Switchboard(() => (servers.push(new Server()), server()), () => 1);
  return () => vi.useRealTimers();
});

const picture = (seq: number) => server().tell({ topic: TOPIC, seq, type: "topic.picture", data: { epoch: EPOCH, data: {} } });
const announce = (seq: number) => server().tell({ topic: TOPIC, seq, type: "circle.renamed", data: {} });

describe("one socket for all tabs", () => {
  it("is opened once, whoever comes first", () => {
    const [one, other] = tabs(2);
    const [late] = tabs(1);
    expect(servers).toHaveLength(1);
    for (const tab of [one!, other!, late!]) expect(tab.states).toEqual(["live"]);
  });

  it("brings an answer to the tab that asked", async () => {
    const [one, other] = tabs(2);
    const first = one!.link.send("test.say", { n: 1 });
    const second = other!.link.send("test.say", { n: 2 });
    const [a, b] = server().said("test.say");
    server().tell({ type: "done", id: b.id, data: "second" });
    server().tell({ type: "done", id: a.id, data: "first" });
    await expect(first).resolves.toBe("first");
    await expect(second).resolves.toBe("second");
  });

  it("brings announcements to the tabs that follow, and a picture to the one that needs it", () => {
    const [one, other, third] = tabs(3);
    one!.follow();
    picture(5);
    announce(6);
    other!.follow();
    picture(6);
    announce(7);
    expect(one!.pictures).toEqual([5]);
    expect(one!.messages).toEqual([6, 7]);
    expect(other!.pictures).toEqual([6]);
    expect(other!.messages).toEqual([7]);
    expect(third!.messages).toEqual([]);
  });

  it("tells all tabs what is for the person alone", () => {
    const all = tabs(2);
    server().tell({ topic: null, type: "call.offer", data: "sdp" });
    for (const tab of all) expect(tab.direct).toEqual(["sdp"]);
  });

  it("leaves a topic with its last tab, by its own word or by its death", () => {
    const [one, other] = tabs(2);
    const stop = one!.follow();
    other!.follow();
    stop();
    expect(server().said("topic.unsubscribe")).toEqual([]);
    switchboard.detach(other!.line);
    expect(server().said("topic.unsubscribe").map((frame) => frame.data.topic)).toEqual([TOPIC]);
    expect(server().closedWith).toBeUndefined();
    switchboard.detach(one!.line);
    expect(server().closedWith).toBe(1000);
  });

  it("brings all tabs back, each to its place, and not before its own back-off is over", () => {
    const [one, other] = tabs(2);
    one!.follow();
    other!.follow();
    picture(5);
    server().drop(1012);
    vi.advanceTimersByTime(1);
    settle();
    expect(servers).toHaveLength(1);
    vi.advanceTimersByTime(500);
    expect(servers).toHaveLength(2);
    server().accept();
    expect(server().said("topic.subscribe").map((frame) => frame.data.seq)).toEqual([5, 5]);
    expect(one!.states).toEqual(["live", "reconnecting", "live"]);
    expect(other!.states).toEqual(["live", "reconnecting", "live"]);
  });

  it("gives up a worker that does not say hello, and never posts after that", () => {
    const gaveUp = vi.fn();
    const posted: FromPage[] = [];
    const wire = new PortWire({ onmessage: null, postMessage: (message) => posted.push(message) }, Promise.resolve("lock"), gaveUp);
    const closed = vi.fn();
    wire.onclose = closed;
    vi.advanceTimersByTime(3_000);
    expect(gaveUp).toHaveBeenCalledOnce();
    expect(closed).toHaveBeenCalledWith({ code: 1006 });
    wire.send("{}");
    expect(posted.filter((message) => message.kind === "frame")).toEqual([]);
  });
});
