import { describe, expect, it } from "vitest";
import { type AssemblyPicture, cast, drawAssembly, percent, running } from "./assembly_data";
import { blocks, bury, forget, look, openChat, refuse, takeEarlier, takeLine, takePicture, unread, write } from "./chat_data";
import { duration } from "./clock";
import { parts } from "./links";
import { drawRoom, type Line, placeOf, type RoomPicture } from "./room_data";
import { castVote } from "./votes_api";

const ME = "me";

function line(number: number, facts: Partial<Line> = {}): Line {
  const at = new Date(Date.UTC(2026, 10, 24, 18, 0, number)).toISOString();
  return { id: `m${number}`, number, author: "chloe", name: "Chloé", text: `message ${number}`, at, ...facts };
}

const lines = (from: number, upto: number) => Array.from({ length: upto - from + 1 }, (_, at) => line(from + at));

describe("a chat", () => {
  it("shows what is on its way, until it is announced", () => {
    let chat = write(openChat(lines(1, 2), false), { id: "m3", text: "message 3", at: line(3).at });
    expect(chat.pending).toHaveLength(1);
    chat = takeLine(chat, line(3, { author: ME }));
    expect(chat.pending).toEqual([]);
    expect(chat.lines.map((one) => one.number)).toEqual([1, 2, 3]);
  });

  it("knows a line that comes twice", () => {
    const chat = openChat(lines(1, 2), false);
    expect(takeLine(chat, line(2))).toBe(chat);
  });

  it("keeps what the server refused, with its sentence, until it is sent again or dropped", () => {
    let chat = write(openChat([], false), { id: "a", text: "non", at: line(1).at });
    chat = refuse(chat, "a", "La salle est fermée.");
    expect(chat.pending[0]?.refusal).toBe("La salle est fermée.");
    expect(write(chat, { id: "a", text: "non", at: line(1).at }).pending[0]).not.toHaveProperty("refusal");
    expect(forget(chat, "a").pending).toEqual([]);
  });

  it("leaves a tombstone in the place of what was removed", () => {
    expect(bury(openChat(lines(1, 3), false), "m2").lines.map((one) => one.text)).toEqual([
      "message 1",
      null,
      "message 3",
    ]);
  });

  it("joins a fresh picture to the earlier lines that were asked for", () => {
    let chat = openChat(lines(101, 200), true);
    chat = takeEarlier(chat, lines(1, 100), false);
    chat = takePicture(chat, lines(111, 210), true);
    expect(chat.lines.map((one) => one.number)).toEqual(lines(1, 210).map((one) => one.number));
    expect(chat.earlier).toBe(false);
  });

  it("starts over when a picture leaves a hole", () => {
    const chat = takePicture(openChat(lines(1, 50), false), lines(301, 400), true);
    expect([chat.lines[0]?.number, chat.earlier]).toEqual([301, true]);
  });

  it("takes each earlier line once", () => {
    const chat = takeEarlier(openChat(lines(51, 60), true), lines(41, 55), true);
    expect(chat.lines.map((one) => one.number)).toEqual(lines(41, 60).map((one) => one.number));
  });

  it("counts the lines of others nobody looked at", () => {
    let chat = openChat(lines(1, 2), false);
    chat = takeLine(chat, line(3));
    chat = takeLine(chat, line(4, { author: ME }));
    chat = takeLine(chat, line(5, { text: null }));
    expect(unread(chat, ME)).toBe(1);
    expect(unread(look(chat), ME)).toBe(0);
  });

  it("puts the lines of one person under one head, days and news apart", () => {
    const all = [line(1), line(2), line(3, { author: ME }), line(4), line(5, { at: "2026-11-25T18:00:00Z" })];
    const found = blocks(all, 3);
    expect(found.map((block) => block.lines.length)).toEqual([2, 1, 1, 1]);
    expect(found.map((block) => block.day !== null)).toEqual([true, false, false, true]);
    expect(found.map((block) => block.isFirstNew)).toEqual([false, false, true, false]);
    expect(blocks(all, null).some((block) => block.isFirstNew)).toBe(false);
  });
});

const ROOM: RoomPicture = {
  room: { id: "r", title: "Salle", state: "open" },
  hosts: ["ines"],
  chat: [],
  earlier: false,
  hands: [],
  floor: null,
  assembly: null,
};

describe("a room", () => {
  it("keeps hands in the server's order, each once", () => {
    let room = drawRoom(ROOM, "hand.raised", { hand: { person: "b", name: "B", order: 2 } });
    room = drawRoom(room, "hand.raised", { hand: { person: "a", name: "A", order: 1 } });
    room = drawRoom(room, "hand.raised", { hand: { person: "b", name: "B", order: 2 } });
    expect(room.hands.map((hand) => hand.person)).toEqual(["a", "b"]);
    expect([placeOf(room, "b"), placeOf(room, "c")]).toEqual([2, 0]);
    expect(drawRoom(room, "hand.lowered", { person: "a" }).hands.map((hand) => hand.person)).toEqual(["b"]);
  });

  it("takes a hand down when its person gets the floor", () => {
    const floor = { person: "a", name: "A", since: "2026-11-24T18:00:00Z" };
    let room = drawRoom(ROOM, "hand.raised", { hand: { person: "a", name: "A", order: 1 } });
    room = drawRoom(room, "floor.given", { floor });
    expect([room.hands, room.floor]).toEqual([[], floor]);
    expect(drawRoom(room, "floor.ended", { person: "a" }).floor).toBeNull();
  });

  it("is empty of hands and floor once closed", () => {
    let room = drawRoom(ROOM, "hand.raised", { hand: { person: "a", name: "A", order: 1 } });
    room = drawRoom(room, "room.closed", {});
    expect([room.room.state, room.hands, room.floor]).toEqual(["closed", [], null]);
    expect(drawRoom(room, "room.opened", {}).room.state).toBe("open");
  });

  it("follows hosts, its name and its assembly, and passes over words it does not know", () => {
    expect(drawRoom(ROOM, "hosts.changed", { hosts: ["malik"] }).hosts).toEqual(["malik"]);
    expect(drawRoom(ROOM, "room.renamed", { title: "Autre" }).room.title).toBe("Autre");
    const assembly = { id: "x", title: "AG", state: "draft" };
    expect(drawRoom(ROOM, "assembly.changed", { assembly }).assembly).toEqual(assembly);
    expect(drawRoom(ROOM, "something.new", {})).toBe(ROOM);
  });
});

const NOTHING = { yes: 0, no: 0, abstain: 0 };
const ASSEMBLY: AssemblyPicture = {
  id: "x",
  room: "r",
  title: "AG",
  state: "open",
  opened_at: null,
  closed_at: null,
  items: [
    { id: "i1", title: "Accueil", minutes: 5, state: "running", started_at: "2026-11-24T18:00:00Z" },
    { id: "i2", title: "Bilan", minutes: 10, state: "pending", started_at: null },
  ],
  polls: [
    {
      id: "p1",
      question: "Pour ?",
      state: "draft",
      roll: 0,
      roll_hash: "",
      tally: NOTHING,
      opened_at: null,
      closed_at: null,
    },
  ],
};

describe("an assembly", () => {
  it("moves its agenda", () => {
    let assembly = drawAssembly(ASSEMBLY, "agenda.moved", { running: "i2", at: "2026-11-24T18:05:00Z" });
    expect(assembly.items.map((item) => item.state)).toEqual(["done", "running"]);
    expect(running(assembly)?.started_at).toBe("2026-11-24T18:05:00Z");
    assembly = drawAssembly(assembly, "agenda.moved", { running: null, at: "2026-11-24T18:09:00Z" });
    expect(running(assembly)).toBeUndefined();
  });

  it("adds and removes points and votes, each once", () => {
    const item = { id: "i3", title: "Divers", minutes: 0, state: "pending", started_at: null };
    let assembly = drawAssembly(drawAssembly(ASSEMBLY, "agenda.added", { item }), "agenda.added", { item });
    expect(assembly.items).toHaveLength(3);
    assembly = drawAssembly(assembly, "agenda.removed", { item: "i2" });
    expect(assembly.items.map((one) => one.id)).toEqual(["i1", "i3"]);
    const poll = { ...ASSEMBLY.polls[0], id: "p2" };
    assembly = drawAssembly(drawAssembly(assembly, "poll.created", { poll }), "poll.created", { poll });
    expect(drawAssembly(assembly, "poll.dropped", { poll: "p1" }).polls.map((one) => one.id)).toEqual(["p2"]);
  });

  it("opens, counts and closes a vote", () => {
    let assembly = drawAssembly(ASSEMBLY, "poll.opened", { poll: "p1", at: "t1", roll: 40, roll_hash: "ab" });
    assembly = drawAssembly(assembly, "poll.tally", { poll: "p1", tally: { yes: 2, no: 1, abstain: 0 } });
    const tally = { yes: 2, no: 1, abstain: 1 };
    assembly = drawAssembly(assembly, "poll.closed", { poll: "p1", at: "t2", tally });
    expect(assembly.polls[0]).toEqual({
      ...ASSEMBLY.polls[0],
      state: "closed",
      roll: 40,
      roll_hash: "ab",
      tally,
      opened_at: "t1",
      closed_at: "t2",
    });
    expect([cast(tally), percent(tally, "yes"), percent(NOTHING, "yes")]).toEqual([4, 50, 0]);
  });

  it("ends its running point when it closes", () => {
    const closed = drawAssembly(ASSEMBLY, "assembly.closed", { at: "t" });
    expect([closed.state, closed.items[0]?.state]).toEqual(["closed", "done"]);
  });
});

describe("links", () => {
  it.each([
    ["voir https://exemple.fr/a?b=1#c.", "https://exemple.fr/a?b=1#c"],
    ["(http://exemple.fr)", "http://exemple.fr"],
    ["https://fr.wikipedia.org/wiki/Commune_(1871), lisez", "https://fr.wikipedia.org/wiki/Commune_(1871)"],
    ["« https://exemple.fr/é »", "https://exemple.fr/é"],
  ])("%s", (text, address) => {
    expect(parts(text).filter((part) => part.href).map((part) => part.text)).toEqual([address]);
    expect(parts(text).map((part) => part.text).join("")).toBe(text);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "https://", "ftp://exemple.fr", "pas d’adresse", "", "http:///x y"])(
    "leaves %j alone",
    (text) => {
      const found = parts(text).filter((part) => part.href !== undefined);
      expect(found.every((part) => part.href!.startsWith("http"))).toBe(true);
      expect(parts(text).map((part) => part.text).join("")).toBe(text);
      if (!text.startsWith("http:///")) expect(found).toEqual([]);
    },
  );
});

describe("a vote", () => {
  const answer = (status: number, body: object) => new Response(JSON.stringify(body), { status });

  it("is tried again with the same number until there is an answer", async () => {
    const sent: string[] = [];
    const answers = [null, answer(503, {}), answer(200, { choice: "no" })];
    const waits: number[] = [];
    const choice = await castVote("p1", "yes", "w1", {
      fetch: (_url, options) => {
        sent.push(String(options.body));
        const next = answers.shift();
        return next ? Promise.resolve(next) : Promise.reject(new TypeError("no network"));
      },
      wait: (milliseconds) => (waits.push(milliseconds), Promise.resolve()),
      token: "t",
    });
    expect(choice).toBe("no");
    expect(new Set(sent)).toEqual(new Set(["choice=yes&write=w1"]));
    expect(waits).toEqual([500, 1000]);
  });

  it("ends with the server's sentence when it is refused", async () => {
    const refused = castVote("p1", "yes", "w1", {
      fetch: () => Promise.resolve(answer(410, { code: "vote_is_closed", detail: "Le vote est clos." })),
      wait: () => Promise.reject(new Error("not again")),
      token: "t",
    });
    await expect(refused).rejects.toMatchObject({ code: "vote_is_closed", detail: "Le vote est clos." });
  });
});

describe("durations", () => {
  it.each([
    [0, "0:00"],
    [67, "1:07"],
    [3729, "1:02:09"],
  ])("%i s is %s", (seconds, words) => expect(duration(seconds)).toBe(words));
});
