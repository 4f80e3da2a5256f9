import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ConnectionElement } from "./connection_element";
import type { LiveState } from "./socket_link";

let element: ConnectionElement;
let become: (state: LiveState) => void;

beforeEach(() => {
  vi.useFakeTimers();
  element = new ConnectionElement();
  element.link = { state: "live", onState: (watcher) => ((become = watcher), () => undefined) };
  document.body.append(element);
});
afterEach(() => {
  element.remove();
  vi.useRealTimers();
});

async function words(): Promise<string> {
  await element.updateComplete;
  return element.textContent!.trim();
}

it("is a polite live region that says nothing while all is well", async () => {
  expect(element.getAttribute("role")).toBe("status");
  expect(await words()).toBe("");
});

it("keeps quiet about a short hiccup", async () => {
  become("reconnecting");
  vi.advanceTimersByTime(900);
  become("live");
  vi.advanceTimersByTime(5_000);
  expect(await words()).toBe("");
});

it("says that it reconnects, that it is offline, and that it is back for a moment", async () => {
  become("reconnecting");
  vi.advanceTimersByTime(1_000);
  expect(await words()).toBe("Reconnexion…");
  become("offline");
  vi.advanceTimersByTime(0);
  expect(await words()).toBe("Hors ligne");
  become("live");
  expect(await words()).toBe("Reconnecté");
  vi.advanceTimersByTime(3_000);
  expect(await words()).toBe("");
});

it("offers a new page when the session has ended", async () => {
  become("signed-out");
  vi.advanceTimersByTime(1_000);
  expect(await words()).toContain("Vous êtes déconnecté·e.");
  expect(element.querySelector("button")!.textContent).toBe("Recharger");
});
