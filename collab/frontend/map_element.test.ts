import { afterEach, beforeEach, expect, test, vi } from "vitest";

let show: () => void;
const drawn = vi.fn((_ground: HTMLElement, _points: unknown[]) => removed);
const removed = vi.fn();

vi.mock("./map_leaflet", () => ({ drawMap: drawn }));

beforeEach(async () => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(seen: (entries: { isIntersecting: boolean }[]) => void) {
        show = () => seen([{ isIntersecting: true }]);
      }
      observe() {}
      disconnect() {}
    },
  );
  await import("./map_element");
  document.body.innerHTML =
    '<script id="points" type="application/json">[{"latitude":45,"longitude":4,"title":"<b>Lyon</b>","url":"/groupes/1/","kind":"group","text":"69"}]</script>' +
    '<collab-map points="points" label="Groupes"></collab-map>';
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  drawn.mockClear();
});

test("the same points are a list of links", () => {
  const link = document.querySelector<HTMLAnchorElement>(".map-list a");
  expect(link?.getAttribute("href")).toBe("/groupes/1/");
  expect(link?.textContent).toBe("<b>Lyon</b>");
  expect(document.querySelector('[role="region"]')?.getAttribute("aria-label")).toBe("Groupes");
});

test("Leaflet comes when the map is seen, and goes with it", async () => {
  expect(drawn).not.toHaveBeenCalled();
  show();
  await vi.waitFor(() => expect(drawn).toHaveBeenCalledOnce());
  expect(drawn.mock.calls[0]![1]).toHaveLength(1);
  document.querySelector("collab-map")?.remove();
  expect(removed).toHaveBeenCalledOnce();
});
