import { describe, expect, it } from "vitest";

import { bestGrid, bestTiles, CallData, mostTiles, show, type Participant, type View } from "./call_data";

const person = (session: string, more: Partial<Participant> = {}): Participant => ({
  session, person: `person-${session}`, name: session.toUpperCase(), right: "speak", mic: true, camera: true, screen: false, ...more,
});
const view = (more: Partial<View> = {}): View => ({ own: "me", layout: "grid", pinned: null, most: 9, before: [], ...more });
const keys = (tiles: { key: string }[]) => tiles.map((tile) => tile.key);

function call(...participants: Participant[]): CallData {
  const data = new CallData();
  data.picture({ participants });
  return data;
}

describe("announcements", () => {
  it("adds, changes and removes participants, and says what that means", () => {
    const data = call(person("me"));
    expect(data.hear("call.joined", { participant: person("ada") })?.type).toBe("joined");
    expect(data.hear("call.changed", { participant: person("ada", { mic: false }), by: "chair" })).toMatchObject({ type: "muted", by: "chair" });
    expect(data.find("ada")?.mic).toBe(false);
    expect(data.hear("call.changed", { participant: person("ada", { screen: true }), by: null })).toMatchObject({ type: "changed", before: { screen: false } });
    expect(data.hear("call.left", { session: "ada", why: "removed" })).toMatchObject({ type: "left", why: "removed" });
    expect(data.participants.map((one) => one.session)).toEqual(["me"]);
  });

  it("takes the same session twice as one, and knows nothing of strangers", () => {
    const data = call(person("me"));
    expect(data.hear("call.joined", { participant: person("me", { mic: false }) })).toBeNull();
    expect(data.participants).toHaveLength(1);
    expect(data.hear("call.left", { session: "nobody", why: "left" })).toBeNull();
    expect(data.hear("call.changed", { participant: person("nobody"), by: null })).toBeNull();
  });

  it("finds the place of a picture", () => {
    const data = call(person("ada"));
    data.slots = [{ mid: "4", media: "video", source: "ada", kind: "camera" }, { mid: "5", media: "video", source: null, kind: null }];
    expect(data.slotOf("ada", "camera")?.mid).toBe("4");
    expect(data.slotOf("ada", "screen")).toBeUndefined();
  });
});

describe("tiles", () => {
  it("shows everybody but spectators, oneself first", () => {
    const shown = show(call(person("ada"), person("eva", { right: "watch" }), person("me")), view());
    expect(keys(shown.tiles)).toEqual(["me:camera", "ada:camera"]);
    expect(shown).toMatchObject({ main: null, unseen: 0 });
  });

  it("puts a shared screen in front, and a pin before it", () => {
    const data = call(person("me"), person("ada", { screen: true }), person("bea"));
    expect(show(data, view()).main?.key).toBe("ada:screen");
    expect(show(data, view({ pinned: "bea:camera" })).main?.key).toBe("bea:camera");
    expect(keys(show(data, view()).tiles)).toEqual(["me:camera", "ada:camera", "bea:camera"]);
    expect(show(data, view({ pinned: "gone:camera" })).main?.key).toBe("ada:screen");
  });

  it("follows the voice in the speaker layout", () => {
    const data = call(person("me"), person("ada"), person("bea"));
    data.hear("call.speaking", { sessions: ["bea"] });
    data.hear("call.speaking", { sessions: [] });
    expect(show(data, view({ layout: "speaker" })).main?.key).toBe("bea:camera");
  });

  it("keeps tiles in their places, counts who is unseen, and lets a speaker in for the longest silent", () => {
    const data = call(person("me"), ...["a", "b", "c", "d"].map((name) => person(name)));
    data.hear("call.speaking", { sessions: ["a"] });
    const first = show(data, view({ most: 3 }));
    expect(keys(first.tiles)).toEqual(["me:camera", "a:camera", "b:camera"]);
    expect(first.unseen).toBe(2);
    data.hear("call.speaking", { sessions: ["d"] });
    const then = show(data, view({ most: 3, before: keys(first.tiles) }));
    expect(keys(then.tiles)).toEqual(["me:camera", "a:camera", "d:camera"]);
    expect(keys(show(data, view({ most: 3, before: keys(then.tiles) })).tiles)).toEqual(keys(then.tiles));
  });
});

describe("the grid", () => {
  it.each([
    [1, 1280, 720, 1], [2, 1280, 720, 2], [3, 1280, 720, 2], [4, 1280, 720, 2], [9, 1280, 720, 3], [2, 390, 600, 1], [4, 390, 300, 2],
  ])("lays out %i tiles in %i × %i in %i columns", (count, width, height, columns) => {
    const grid = bestGrid(width, height, count, 8);
    const rows = Math.ceil(count / grid.columns);
    expect(grid.columns).toBe(columns);
    expect(grid.columns * grid.width + (grid.columns - 1) * 8).toBeLessThanOrEqual(width);
    expect(rows * grid.height + (rows - 1) * 8).toBeLessThanOrEqual(height);
  });

  it("shows the middle of pictures where that makes faces larger", () => {
    const shape = ({ width, height }: { width: number; height: number }) => width / height;
    expect(shape(bestTiles(1280, 720, 4, 8))).toBeCloseTo(16 / 9, 1);
    expect(bestTiles(374, 190, 2, 8)).toMatchObject({ columns: 2, width: 183, height: 183 });
    expect(shape(bestTiles(374, 600, 4, 8))).toBeCloseTo(4 / 5, 1);
  });

  it("shows fewer tiles on a phone, and never none", () => {
    expect(mostTiles(1280, 720)).toBe(9);
    expect(mostTiles(390, 640)).toBe(6);
    expect(mostTiles(100, 100)).toBe(2);
  });
});
