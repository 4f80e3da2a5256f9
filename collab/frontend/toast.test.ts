import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { prepareToasts, toast } from "./toast";

beforeEach(() => {
  vi.useFakeTimers();
  document.body.replaceChildren();
  prepareToasts();
});

afterEach(() => {
  vi.useRealTimers();
});

const shown = () => [...document.querySelectorAll(".toast p")].map((words) => words.textContent);

test("the live region is there before the words", () => {
  expect(document.querySelector(".toasts")?.getAttribute("aria-live")).toBe("polite");
});

test("a toast comes, and goes by itself", () => {
  toast("Enregistré");
  expect(shown()).toEqual(["Enregistré"]);
  vi.advanceTimersByTime(6000);
  expect(shown()).toEqual([]);
});

test("it waits while the pointer is on it", () => {
  const element = toast("Enregistré");
  element.dispatchEvent(new Event("pointerenter"));
  vi.advanceTimersByTime(60_000);
  expect(shown()).toEqual(["Enregistré"]);
  element.dispatchEvent(new Event("pointerleave"));
  vi.advanceTimersByTime(6000);
  expect(shown()).toEqual([]);
});

test("the oldest makes room", () => {
  for (const words of ["1", "2", "3", "4", "5"]) toast(words);
  expect(shown()).toEqual(["2", "3", "4", "5"]);
});

test("what went wrong interrupts", () => {
  expect(toast("Raté", { kind: "danger" }).getAttribute("role")).toBe("alert");
});

test("an action is done once and closes", () => {
  const run = vi.fn();
  const element = toast("Retiré", { action: { label: "Annuler", run } });
  element.querySelector("button")?.click();
  expect(run).toHaveBeenCalledOnce();
  expect(shown()).toEqual([]);
});

test("words are words", () => {
  toast("<img src=x onerror=alert(1)>");
  expect(document.querySelector("img")).toBeNull();
});
