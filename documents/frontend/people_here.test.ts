import { expect, test } from "vitest";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { peopleHere } from "./people_here";

function page(user: object, cursor: object | null = null): Awareness {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState({ user, cursor });
  return awareness;
}

function meet(mine: Awareness, ...others: Awareness[]): Awareness {
  for (const other of others) applyAwarenessUpdate(mine, encodeAwarenessUpdate(other, [other.clientID]), null);
  return mine;
}

test("two tabs of one person are one face, and oneself comes first", () => {
  const ines = { id: "1", name: "Inès" };
  const noe = { id: "2", name: "Noé" };
  const here = peopleHere(meet(page(noe), page(ines), page(ines, { head: {} })), "2");
  expect(here).toEqual([
    { id: "2", name: "Noé", isMe: true, isWriting: false },
    { id: "1", name: "Inès", isMe: false, isWriting: true },
  ]);
});

test("a page that does not say who it is has no face", () => {
  expect(peopleHere(meet(page({ id: "1", name: "Inès" }), page({})), "1")).toHaveLength(1);
});
