import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { FakeServer } from "./fake_server";
import { renumbered } from "./renumber";
import { DocumentSync } from "./sync";
import * as wire from "./wire";

let server: FakeServer;
let open: DocumentSync[];

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  open = [];
});
afterEach(() => {
  for (const sync of open) sync.stop();
  vi.useRealTimers();
});

function link({ writes = true, opened = true } = {}): DocumentSync {
  const sync = new DocumentSync(server.surroundings(), writes);
  open.push(sync);
  sync.start();
  if (opened) server.last.open();
  return sync;
}

const write = (sync: DocumentSync, text: string) => {
  const content = sync.doc.getText("t");
  content.insert(content.length, text);
};
const read = (sync: DocumentSync) => sync.doc.getText("t").toString();

test("it is saved once the server acknowledges, and not before", () => {
  server.commitsAtOnce = false;
  const sync = link();
  server.last.commit();
  expect(sync.state).toBe("saved");
  write(sync, "Bonjour");
  expect(sync.state).toBe("sending");
  expect(server.text()).toBe("Bonjour");
  server.last.commit();
  expect(sync.state).toBe("saved");
});

test("one acknowledgement for the first of two edits is not enough", () => {
  server.commitsAtOnce = false;
  const sync = link();
  server.last.commit();
  write(sync, "un ");
  const first = server.taken;
  write(sync, "deux");
  server.last.say(new Uint8Array([100, first]));
  expect(sync.state).toBe("sending");
  expect(sync.unsaved).toBe(true);
  server.last.say(new Uint8Array([100, first + 1]));
  expect(sync.unsaved).toBe(false);
});

test("an acknowledgement of more than was sent does not count for what comes later", () => {
  server.commitsAtOnce = false;
  const sync = link();
  server.last.say(new Uint8Array([100, 90]));
  write(sync, "x");
  expect(sync.state).toBe("sending");
});

test("what is written while the socket opens travels with the answer to the server's state", () => {
  const sync = link({ opened: false });
  write(sync, "tôt");
  expect(sync.state).toBe("connecting");
  expect(sync.unsaved).toBe(true);
  server.last.open();
  expect(server.text()).toBe("tôt");
  expect(sync.state).toBe("saved");
});

test("what is written offline is kept, and sent and acknowledged after the reconnection", () => {
  const sync = link();
  write(sync, "avant ");
  server.isOnline = false;
  server.last.drop();
  sync.wake();
  expect(sync.state).toBe("offline");
  write(sync, "pendant");
  expect(sync.unsaved).toBe(true);
  server.isOnline = true;
  sync.wake();
  expect(sync.state).toBe("reconnecting");
  server.last.open();
  expect(server.text()).toBe("avant pendant");
  expect(sync.state).toBe("saved");
});

test("an edit whose acknowledgement was lost is unsaved until the next socket acknowledges it", () => {
  server.commitsAtOnce = false;
  const sync = link();
  server.last.commit();
  write(sync, "perdu ?");
  server.last.drop();
  expect(sync.state).toBe("reconnecting");
  vi.advanceTimersByTime(400);
  server.last.open();
  expect(sync.state).toBe("sending");
  server.last.commit();
  expect(sync.state).toBe("saved");
  expect(server.text()).toBe("perdu ?");
});

test("two pages converge", () => {
  const one = link();
  const first = server.last;
  const other = link();
  server.doc.on("update", (update: Uint8Array) => {
    for (const each of [first, server.last]) each.say(wire.update(update));
  });
  write(one, "a");
  write(other, "b");
  expect(read(one)).toBe(read(other));
  expect(read(one)).toHaveLength(2);
});

test("it comes back later and later, and at once when the network does", () => {
  link();
  for (const wait of [400, 800, 1600]) {
    const before = server.wires.length;
    server.last.drop();
    vi.advanceTimersByTime(wait - 1);
    expect(server.wires.length).toBe(before);
    vi.advanceTimersByTime(1);
    expect(server.wires.length).toBe(before + 1);
  }
  server.last.drop();
  const before = server.wires.length;
  open[0]!.wake();
  expect(server.wires.length).toBe(before + 1);
});

test.each([4429, 4503])("it is patient after %i", (code) => {
  const sync = link();
  server.last.drop(code);
  expect(sync.state).toBe("reconnecting");
  vi.advanceTimersByTime(5000);
  expect(server.wires.length).toBe(1);
  vi.advanceTimersByTime(400);
  expect(server.wires.length).toBe(2);
});

test.each([
  [4401, "signed_out"],
  [4403, "forbidden"],
  [4413, "too_large"],
])("after %i it stops, says why, and does not call unsaved edits saved", (code, ending) => {
  server.commitsAtOnce = false;
  const sync = link();
  server.last.commit();
  write(sync, "à garder");
  server.last.drop(code);
  expect(sync.ending).toBe(ending);
  expect(sync.state).toBe("unsaved");
  vi.advanceTimersByTime(120_000);
  expect(server.wires.length).toBe(1);
  sync.start();
  server.last.open();
  server.last.commit();
  expect(sync.state).toBe("saved");
  expect(server.text()).toBe("à garder");
});

test("a commit that takes too long is not called sending for ever", () => {
  server.commitsAtOnce = false;
  const sync = link();
  server.last.commit();
  write(sync, "x");
  vi.advanceTimersByTime(8000);
  expect(sync.state).toBe("unsaved");
  server.last.commit();
  expect(sync.state).toBe("saved");
});

test("a silent network is found out and left", () => {
  const sync = link();
  const quiet = server.last;
  vi.advanceTimersByTime(20_000);
  expect(quiet.heard.filter((message) => message.kind === "unknown")).toHaveLength(1);
  vi.advanceTimersByTime(10_000);
  expect(quiet.readyState).toBe(3);
  expect(sync.state).toBe("reconnecting");
  vi.advanceTimersByTime(400);
  server.last.open();
  expect(sync.state).toBe("saved");
});

test("a reader sends no content, not even in answer to the server's state", () => {
  server.doc.getText("t").insert(0, "à lire");
  const sync = link({ writes: false });
  expect(read(sync)).toBe("à lire");
  expect(sync.state).toBe("saved");
  expect(server.last.heard.filter((message) => message.kind === "update")).toEqual([]);
});

test("others' cursors leave with the socket, and one's own returns with it", () => {
  const sync = link();
  sync.awareness.setLocalStateField("user", { name: "Inès" });
  vi.advanceTimersByTime(30);
  const other = link();
  other.awareness.setLocalStateField("user", { name: "Noé" });
  vi.advanceTimersByTime(30);
  const said = server.last.heard.filter((message) => message.kind === "awareness");
  const told = wire.awareness((said[said.length - 1] as { update: Uint8Array }).update);
  server.wires[0]!.say(told);
  expect(sync.awareness.getStates().size).toBe(2);
  server.wires[0]!.drop();
  expect([...sync.awareness.getStates().values()]).toEqual([{ user: { name: "Inès" } }]);
  vi.advanceTimersByTime(400);
  server.last.open();
  expect(server.last.heard.some((message) => message.kind === "awareness")).toBe(true);
  server.last.say(told);
  expect(sync.awareness.getStates().size).toBe(2);
});

test("when the server holds something else under our number, what was not taken gets a new number", () => {
  const sync = link();
  write(sync, "Bonjour");
  server.commitsAtOnce = false;
  const old = sync.doc;
  const number = old.clientID;
  // Another page with the same number was faster: the server's next clock of it is " à tous".
  const twin = new Y.Doc();
  twin.clientID = number;
  Y.applyUpdate(twin, Y.encodeStateAsUpdate(server.doc));
  twin.getText("t").insert(7, " à tous");
  Y.applyUpdate(server.doc, Y.encodeStateAsUpdate(twin));
  server.last.send = () => {};
  write(sync, " et bienvenue");
  server.last.drop(4409);
  expect(sync.doc).not.toBe(old);
  server.commitsAtOnce = true;
  server.last.open();
  expect(read(sync)).toContain("Bonjour");
  expect(read(sync)).toContain(" à tous");
  expect(read(sync)).toContain(" et bienvenue");
  expect(server.text()).toBe(read(sync));
  expect(sync.doc.clientID).not.toBe(number);
  expect(sync.state).toBe("saved");
});

test("a contradiction again and again becomes a patient retry, not a loop", () => {
  link();
  for (let time = 0; time < 4; time++) server.last.drop(4409);
  const before = server.wires.length;
  expect(before).toBe(4);
  vi.advanceTimersByTime(400);
  expect(server.wires.length).toBe(before + 1);
});

test("a change of right starts again with it", () => {
  const sync = link({ writes: false });
  sync.setWrites(true);
  server.last.open();
  write(sync, "enfin");
  expect(server.text()).toBe("enfin");
});

test("who may no longer write keeps what was not taken, and it is not called saved", () => {
  server.commitsAtOnce = false;
  const sync = link();
  server.last.commit();
  write(sync, "trop tard");
  sync.setWrites(false);
  server.last.open();
  expect(sync.state).toBe("unsaved");
  expect(server.last.heard.filter((message) => message.kind === "update")).toEqual([]);
  sync.setWrites(true);
  server.last.open();
  server.last.commit();
  expect(sync.state).toBe("saved");
});

test("renumbering keeps text, formats, places and deletions", () => {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const text = doc.getText("t");
  text.insert(0, "le chat dort");
  const base = Y.encodeStateAsUpdate(doc);
  const clock = Y.getState(doc.store, 7);
  text.delete(3, 4);
  text.insert(3, "chien", { bold: true });
  text.insert(text.length, " là");
  text.delete(text.length - 1, 1);
  const known = new Map([[7, clock]]);
  const update = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(known as unknown as Y.Doc));
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, base);
  Y.applyUpdate(fresh, renumbered(update, 7, clock, 9));
  expect(fresh.getText("t").toDelta()).toEqual(text.toDelta());
  expect(Y.getState(fresh.store, 7)).toBe(clock);
  expect(Y.getState(fresh.store, 9)).toBe(Y.getState(doc.store, 7) - clock);
});
