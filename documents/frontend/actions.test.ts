import { expect, test } from "vitest";
import { INSERTIONS, TOOLBAR, matching } from "./actions";
import { countWords } from "./extensions";

const names = (query: string) => matching(query).map((action) => action.name);

test("« / » finds by a part of the name, without accents, in French and English", () => {
  expect(names("tabl")).toEqual(["table"]);
  expect(names("numerotee")).toEqual(["ordered-list"]);
  expect(names("TITRE")).toEqual(["heading-1", "heading-2", "heading-3"]);
  expect(names("todo")).toEqual(["task-list"]);
  expect(names("")).toHaveLength(INSERTIONS.length);
  expect(names("xyz")).toEqual([]);
});

test("no two buttons share a name or keys", () => {
  const actions = TOOLBAR.flat();
  for (const facts of [actions.map(({ name }) => name), actions.flatMap(({ keys }) => keys ?? [])])
    expect(new Set(facts).size).toBe(facts.length);
});

test("words are counted as French writes them", () => {
  expect(countWords("L’assemblée s’est tenue « hier » : 12 insoumis·es, c’est-à-dire beaucoup !")).toBe(8);
  expect(countWords("")).toBe(0);
});
