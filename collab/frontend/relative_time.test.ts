import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { relativeWords } from "./relative_time";

const NOW = new Date("2026-11-24T18:00:00Z");
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

test.each([
  [0, "maintenant"],
  [-30 * SECOND, "maintenant"],
  [-3 * MINUTE, "il y a 3 minutes"],
  [-90 * MINUTE, "il y a 1 heure"],
  [20 * MINUTE, "dans 20 minutes"],
  [-DAY, "hier"],
  [3 * DAY, "dans 3 jours"],
  [-40 * DAY, "15 oct. 2026"],
])("%i ms away", (away, words) => {
  expect(relativeWords(new Date(NOW.getTime() + away), NOW, "fr")).toBe(words);
});

test("in English too", () => {
  expect(relativeWords(new Date(NOW.getTime() - 3 * MINUTE), NOW, "en")).toBe("3 minutes ago");
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  document.documentElement.lang = "fr";
  document.body.innerHTML = '<relative-time datetime="2026-11-24T17:58:00Z">24 novembre 2026 18:58</relative-time>';
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

test("the element keeps up with the time, and says the whole date on hover", () => {
  const element = document.querySelector<HTMLElement>("relative-time")!;
  expect(element.textContent).toBe("il y a 2 minutes");
  vi.advanceTimersByTime(MINUTE);
  expect(element.textContent).toBe("il y a 3 minutes");
  expect(element.title).toContain("2026");
});

test("what is not a date stays as the server wrote it", () => {
  document.body.innerHTML = '<relative-time datetime="hier">hier</relative-time>';
  expect(document.querySelector("relative-time")?.textContent).toBe("hier");
});
