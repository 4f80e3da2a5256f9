/** A map's points as words. */
import type { Point } from "./map_data";

/** One point as a list item: its link, and what it says. */
export function entry(point: Point): HTMLLIElement {
  const element = document.createElement("li");
  const link = document.createElement("a");
  link.href = point.url;
  link.textContent = point.title;
  element.append(link);
  if (point.text) {
    const text = document.createElement("span");
    text.className = "meta";
    text.textContent = point.text;
    element.append(" ", text);
  }
  return element;
}
