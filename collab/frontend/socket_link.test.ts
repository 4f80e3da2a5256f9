import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Link, LiveError, type Follower, type LiveState, type Wire } from "./socket_link";

const TOPIC = "circle:lyon";
const EPOCH = "11111111-0000-4000-8000-000000000000";

/** The server's end of one connection. */
class FakeWire implements Wire {
  readyState = 0;
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  heard: any[] = [];

  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.({});
  }
  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  tell(frame: object): void {
    this.onmessage?.({ data: JSON.stringify({ v: 1, ...frame }) });
  }
  announce(seq: number | null, type = "circle.renamed", data: object = { seq }): void {
    this.tell({ topic: TOPIC, seq, type, data });
  }
  picture(seq: number, data: object = {}, epoch = EPOCH): void {
    this.tell({ topic: TOPIC, seq, type: "topic.picture", data: { epoch, data } });
  }
  last(type: string): any {
    return this.heard.filter((frame) => frame.type === type).at(-1);
  }
}

let wires: FakeWire[];
let online: boolean;
let link: Link;
let states: LiveState[];
const wire = () => wires.at(-1)!;

class Page implements Follower {
  pictures: [object, number][] = [];
  messages: [string, number | null][] = [];
  there: string[] = [];
  isRevoked = false;
  picture(data: object, seq: number): void {
    this.pictures.push([data, seq]);
  }
  message(type: string, _data: unknown, seq: number | null): void {
    this.messages.push([type, seq]);
  }
  presence({ present }: { present: { id: string; name: string }[] }): void {
    this.there = present.map((one) => one.name);
  }
  revoked(): void {
    this.isRevoked = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  wires = [];
  online = true;
  states = [];
  link = new Link({
    open: () => (wires.push(new FakeWire()), wire()),
    online: () => online,
    random: () => 1,
  });
  link.onState((state) => states.push(state));
});
afterEach(() => vi.useRealTimers());

/** A page that follows the topic and has its picture at 10. */
function following(): Page {
  const page = new Page();
  link.follow(TOPIC, page);
  wire().accept();
  wire().picture(10);
  return page;
}

describe("a topic", () => {
  it("begins with its picture, then each announcement once and in order", () => {
    const page = following();
    wire().announce(9);
    wire().announce(11);
    wire().announce(11);
    wire().announce(12);
    wire().announce(null, "circle.hummed");
    expect(page.pictures).toEqual([[{}, 10]]);
    expect(page.messages).toEqual([["circle.renamed", 11], ["circle.renamed", 12], ["circle.hummed", null]]);
  });

  it("resumes where it was after a lost connection", () => {
    const page = following();
    wire().announce(11);
    wire().drop();
    vi.runOnlyPendingTimers();
    wire().accept();
    expect(wire().last("topic.subscribe").data).toEqual({ topic: TOPIC, epoch: EPOCH, seq: 11 });
    wire().announce(12);
    wire().tell({ topic: TOPIC, seq: 12, type: "topic.resumed", data: { epoch: EPOCH } });
    expect(page.messages.map(([, seq]) => seq)).toEqual([11, 12]);
    expect(page.pictures).toHaveLength(1);
  });

  it("asks for what lies in a hole of the numbers", () => {
    const page = following();
    wire().announce(13);
    expect(page.messages).toEqual([]);
    expect(wire().last("topic.subscribe").data).toEqual({ topic: TOPIC, epoch: EPOCH, seq: 10 });
  });

  it("asks again when another page of the socket resumed from further on", () => {
    following();
    wire().tell({ topic: TOPIC, seq: 12, type: "topic.resumed", data: { epoch: EPOCH } });
    expect(wire().last("topic.subscribe").data.seq).toBe(10);
  });

  it("takes a picture of a new epoch though its number is lower", () => {
    const page = following();
    wire().picture(3, { fresh: true }, "22222222-0000-4000-8000-000000000000");
    expect(page.pictures.at(-1)).toEqual([{ fresh: true }, 3]);
    wire().announce(4);
    expect(page.messages).toEqual([["circle.renamed", 4]]);
  });

  it("gives a newcomer a whole picture and leaves who was there alone", () => {
    const first = following();
    wire().announce(11);
    const second = new Page();
    link.follow(TOPIC, second);
    expect(wire().last("topic.subscribe").data).toEqual({ topic: TOPIC });
    wire().announce(12);
    expect(second.messages).toEqual([]);
    wire().picture(12, { whole: true });
    wire().announce(13);
    expect(second.pictures).toEqual([[{ whole: true }, 12]]);
    expect(second.messages).toEqual([["circle.renamed", 13]]);
    expect(first.pictures).toEqual([[{}, 10]]);
    expect(first.messages.map(([, seq]) => seq)).toEqual([11, 12, 13]);
  });

  it("gives everybody the newcomer's picture when it holds what they have not heard", () => {
    const first = following();
    link.follow(TOPIC, new Page());
    wire().picture(12, { whole: true });
    expect(first.pictures.at(-1)).toEqual([{ whole: true }, 12]);
  });

  it("is left when its last follower goes", () => {
    const [one, other] = [new Page(), new Page()];
    const stopOne = link.follow(TOPIC, one);
    const stopOther = link.follow(TOPIC, other);
    wire().accept();
    stopOne();
    expect(wire().last("topic.unsubscribe")).toBeUndefined();
    stopOther();
    expect(wire().last("topic.unsubscribe").data).toEqual({ topic: TOPIC });
  });

  it("is revoked by the server, or refused from the beginning", () => {
    const page = following();
    wire().tell({ topic: TOPIC, seq: null, type: "access.revoked", data: {} });
    expect(page.isRevoked).toBe(true);
    const refused = new Page();
    link.follow(TOPIC, refused);
    wire().tell({ type: "error", id: wire().last("topic.subscribe").id, code: "not_found", detail: "" });
    expect(refused.isRevoked).toBe(true);
  });

  it("is asked for again when the server could not say", () => {
    const page = new Page();
    link.follow(TOPIC, page);
    wire().accept();
    const first = wire().last("topic.subscribe").id;
    wire().tell({ type: "error", id: first, code: "too_fast", detail: "" });
    vi.runOnlyPendingTimers();
    expect(wire().last("topic.subscribe").id).not.toBe(first);
    expect(page.isRevoked).toBe(false);
  });

  it("says who is present, to a newcomer too", () => {
    const page = following();
    wire().announce(null, "presence.now", { present_people: [{ id: "a", name: "Inès" }, { id: "b", name: "Karim" }], present: 2 });
    wire().announce(null, "presence.changed", { joined: [{ id: "c", name: "Zoé" }], left: ["a"], present: 2 });
    expect(page.there).toEqual(["Karim", "Zoé"]);
    const second = new Page();
    link.follow(TOPIC, second);
    wire().picture(10);
    expect(second.there).toEqual(["Karim", "Zoé"]);
  });
});

describe("a write", () => {
  it("is answered by its id", async () => {
    const answer = link.send("test.say", { text: "a" });
    wire().accept();
    wire().tell({ type: "done", id: wire().last("test.say").id, data: { ok: 1 } });
    await expect(answer).resolves.toEqual({ ok: 1 });
  });

  it("is refused with a code and a sentence", async () => {
    const answer = link.send("test.say", {});
    wire().accept();
    wire().tell({ type: "error", id: wire().last("test.say").id, code: "forbidden", detail: "Non." });
    const error = await answer.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LiveError);
    expect(error).toMatchObject({ code: "forbidden", message: "Non." });
  });

  it("waits while offline, and is repeated under its id until it is answered", async () => {
    online = false;
    const answer = link.send("test.say", { text: "a" });
    expect(wire().heard).toEqual([]);
    wire().accept();
    const { id } = wire().last("test.say");
    wire().drop();
    vi.runOnlyPendingTimers();
    wire().accept();
    expect(wire().last("test.say").id).toBe(id);
    wire().tell({ type: "done", id, data: null });
    await answer;
    wire().drop();
    vi.runOnlyPendingTimers();
    wire().accept();
    expect(wire().last("test.say")).toBeUndefined();
  });
});

describe("the connection", () => {
  it("comes back later and later, with jitter, and at once after a success", () => {
    const waits: number[] = [];
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, wait: number) => (waits.push(wait), run())) as never);
    link.start();
    for (let n = 0; n < 8; n++) wire().drop();
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
    wire().accept();
    wire().tell({ type: "x.y", data: {} });
    wire().drop();
    expect(waits.at(-1)).toBe(500);
  });

  it("says in which state it is", () => {
    link.start();
    wire().accept();
    wire().drop();
    online = false;
    vi.runOnlyPendingTimers();
    wire().drop();
    online = true;
    link.wake();
    wire().accept();
    expect(states).toEqual(["live", "reconnecting", "offline", "live"]);
  });

  it("is looked at again when the page wakes, without waiting", () => {
    link.start();
    wire().drop();
    const before = wires.length;
    link.wake();
    expect(wires.length).toBe(before + 1);
  });

  it("is left when it slept and does not answer", () => {
    const page = following();
    link.wake();
    expect(wire().last("topic.unsubscribe").data).toEqual({ topic: "alive:probe" });
    vi.advanceTimersByTime(5_000);
    expect(states.at(-1)).toBe("reconnecting");
    vi.runOnlyPendingTimers();
    wire().accept();
    expect(wire().last("topic.subscribe").data.seq).toBe(10);
    expect(page.pictures).toHaveLength(1);
  });

  it("stays when it slept and answers", () => {
    following();
    link.wake();
    wire().tell({ type: "done", id: wire().last("topic.unsubscribe").id, data: null });
    vi.advanceTimersByTime(60_000);
    expect(wires).toHaveLength(1);
  });

  it("ends with the session, after one more look, and refuses what waits", async () => {
    const answer = link.send("test.say", {});
    const refused = expect(answer).rejects.toMatchObject({ code: "signed_out" });
    wire().accept();
    wire().drop(4401);
    vi.runOnlyPendingTimers();
    wire().drop(4401);
    vi.runOnlyPendingTimers();
    await refused;
    expect(wires).toHaveLength(2);
    expect(states.at(-1)).toBe("signed-out");
    await expect(link.send("test.say", {})).rejects.toMatchObject({ code: "signed_out" });
  });

  it("does not come back at once where it was one too many", () => {
    link.start();
    wire().drop(4429);
    vi.advanceTimersByTime(9_000);
    expect(wires).toHaveLength(1);
    vi.advanceTimersByTime(11_000);
    expect(wires).toHaveLength(2);
  });
});
