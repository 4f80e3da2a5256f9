import { describe, expect, it } from "vitest";
import { Inbox, LATEST, type Notice } from "./inbox_data";

const notice = (number: number, read = false): Notice => ({
  id: `id-${number}`,
  number,
  kind: "vote_opened",
  facts: { question: "On y va ?" },
  at: "2026-11-24T18:00:00+01:00",
  read,
});

function inbox(...latest: Notice[]): Inbox {
  const one = new Inbox();
  one.picture({ unread: latest.filter((each) => !each.read).length, latest });
  return one;
}

describe("the inbox", () => {
  it("puts what is added on top, keeps the latest only, and counts it", () => {
    const one = inbox(...Array.from({ length: LATEST }, (_, index) => notice(LATEST - index, true)));
    expect(one.message("notification.added", { notice: notice(21) })?.number).toBe(21);
    expect(one.latest.map((each) => each.number)).toEqual(Array.from({ length: LATEST }, (_, index) => 21 - index));
    expect(one.unread).toBe(1);
    expect(one.lastNumber).toBe(21);
  });

  it("marks as read up to a number, and by id, and takes the server's count", () => {
    const one = inbox(notice(4), notice(3), notice(2), notice(1));
    one.message("notification.read", { up_to: 2, ids: [], unread: 2 });
    one.message("notification.read", { up_to: null, ids: ["id-4"], unread: 1 });
    expect(one.latest.map((each) => each.read)).toEqual([true, false, true, true]);
    expect(one.unread).toBe(1);
  });

  it("does not stumble over what it does not know", () => {
    const one = inbox(notice(1));
    one.message("notification.exploded", { notice: notice(2) });
    expect(one.message("notification.added", { notice: { id: 7 } })).toBeNull();
    one.message("notification.read", null);
    expect(one.unread).toBe(1);
    one.picture(null);
    expect([one.unread, one.latest]).toEqual([0, []]);
    one.picture({ unread: 1, latest: [{ ...notice(1), facts: { who: "Inès", n: 3 } }, "?"] });
    expect(one.latest.map((each) => each.facts)).toEqual([{ who: "Inès" }]);
  });
});
