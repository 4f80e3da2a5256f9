import { beforeEach, afterEach, expect, test, vi } from "vitest";
import { parsePlaces, PlaceField } from "./place_field";

const PLACES = [
  { code: "97411", label: "Saint-Denis (974)", postcode: "97400" },
  { code: "93066", label: "Saint-Denis (93)", postcode: "93200" },
];

let input: HTMLInputElement;
let code: HTMLInputElement;
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return Promise.resolve({ ok: true, json: () => Promise.resolve({ communes: PLACES }) });
  });
  document.body.innerHTML =
    '<div data-url="/compte/communes/"><input id="id_commune"><input type="hidden" name="commune_code" value="69266"></div>';
  new PlaceField(document.querySelector("div")!);
  [input, code] = document.querySelectorAll("input") as unknown as [HTMLInputElement, HTMLInputElement];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function type(words: string): Promise<void> {
  input.value = words;
  input.dispatchEvent(new Event("input"));
  await vi.advanceTimersByTimeAsync(200);
}

const press = (key: string) => input.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
const list = () => document.querySelector<HTMLElement>('[role="listbox"]')!;
const selected = () => document.querySelector('[aria-selected="true"]')?.textContent;

test("it is a combobox that says what it controls", () => {
  expect(input.getAttribute("role")).toBe("combobox");
  expect(document.getElementById(input.getAttribute("aria-controls") ?? "")).toBe(list());
  expect(list().hidden).toBe(true);
});

test("one letter asks nothing, more ask once typing pauses", async () => {
  await type("s");
  expect(asked).toEqual([]);
  input.value = "sa";
  input.dispatchEvent(new Event("input"));
  await type("saint d");
  expect(asked).toEqual(["/compte/communes/?q=saint%20d"]);
  expect(input.getAttribute("aria-expanded")).toBe("true");
  expect(document.querySelector('[role="status"]')?.textContent).toBe("2 communes proposées");
});

test("the keyboard chooses", async () => {
  await type("saint");
  press("ArrowDown");
  press("ArrowDown");
  expect(selected()).toContain("Saint-Denis (93)");
  expect(input.getAttribute("aria-activedescendant")).toBe(list().children[1]?.id);
  press("ArrowDown");
  expect(selected()).toContain("Saint-Denis (974)");
  press("ArrowUp");
  press("Enter");
  expect(input.value).toBe("Saint-Denis (93)");
  expect(code.value).toBe("93066");
  expect(list().hidden).toBe(true);
});

test("the pointer chooses", async () => {
  await type("saint");
  list().children[0]?.dispatchEvent(new Event("pointerdown", { bubbles: true, cancelable: true }));
  expect(code.value).toBe("97411");
});

test("Escape closes and keeps the words", async () => {
  await type("saint");
  press("Escape");
  expect(list().hidden).toBe(true);
  expect(input.value).toBe("saint");
});

test("Enter without a choice sends the form as usual", async () => {
  await type("saint");
  const enter = new KeyboardEvent("keydown", { key: "Enter", cancelable: true });
  input.dispatchEvent(enter);
  expect(enter.defaultPrevented).toBe(false);
});

test("new words forget the code of the old ones", async () => {
  await type("greno");
  expect(code.value).toBe("");
});

test("offline, the words alone will do", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  await type("saint");
  expect(list().hidden).toBe(true);
  expect(input.value).toBe("saint");
});

test("unknown answers are no places", () => {
  expect(parsePlaces(null)).toEqual([]);
  expect(parsePlaces({ communes: [{ code: 1 }, null, PLACES[0]] })).toEqual([PLACES[0]]);
});
