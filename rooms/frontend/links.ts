/** Addresses in what people write: found by form, opened only when http or https. */

export interface Part {
  text: string;
  href?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?…»)\]}*_]+$/;

export function parts(text: string): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safe(address);
    if (!href) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    found.push({ text: address, href });
    at = match.index + address.length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

/** Without the sentence's own punctuation; a bracket that the address opened stays. */
function trimmed(address: string): string {
  const tail = TRAILING.exec(address)?.[0] ?? "";
  const closes = tail.startsWith(")") && address.includes("(");
  return closes ? address.slice(0, address.length - tail.length + 1) : address.slice(0, address.length - tail.length);
}

function safe(address: string): string | undefined {
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) && url.hostname ? url.href : undefined;
  } catch {
    return undefined;
  }
}
