/** A person's picture: initials on one of twelve hues, the same as `people/avatars.py` makes. */
const HUES = 12;

export function hue(personId: string): number {
  return parseInt(personId.replaceAll("-", "").slice(-4), 16) % HUES;
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase() || "?";
}

/** Always beside the name, so it says nothing to a screen reader. */
export function avatar(name: string, personId: string, size: "" | "small" | "large" = ""): HTMLSpanElement {
  const span = document.createElement("span");
  span.className = `avatar ${size}`.trim();
  span.dataset.hue = String(hue(personId));
  span.setAttribute("aria-hidden", "true");
  span.textContent = initials(name);
  return span;
}
