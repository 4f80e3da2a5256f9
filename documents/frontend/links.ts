/** Which addresses a document may point to. The server's rendering holds the same list: documents/render.py. */
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The address made whole ("exemple.fr" → "https://exemple.fr"), or null when it is none we allow. */
export function cleanLink(text: string): string | null {
  const typed = text.trim();
  if (!typed || /[\s\u0000-\u001f]/.test(typed)) return null;
  const bare = /^[^:/?#@]+@[^:/?#@]+\.[^:/?#@]+$/.test(typed) ? `mailto:${typed}` : typed;
  const whole = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(bare) ? bare : `https://${bare}`;
  try {
    const url = new URL(whole);
    if (!SCHEMES.has(url.protocol)) return null;
    if (url.protocol !== "mailto:" && !url.hostname.includes(".") && url.hostname !== "localhost") return null;
    return whole;
  } catch {
    return null;
  }
}

/** Whether an address already in a document, from whomever, may be followed. */
export function isSafeLink(href: string | null | undefined): boolean {
  if (!href) return false;
  try {
    return SCHEMES.has(new URL(href).protocol);
  } catch {
    return false;
  }
}
