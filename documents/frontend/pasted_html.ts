/**
 * HTML from elsewhere, before the schema takes what it knows of it.
 *
 * Word, LibreOffice and Google Docs write bold as inline style. Our content policy forbids that, so a browser would
 * neither apply nor report it: the styles that mean something become elements here, the rest goes.
 */
const MEANINGS: [RegExp, string][] = [
  [/font-weight:\s*(bold|[6-9]00)/i, "strong"],
  [/font-style:\s*italic/i, "em"],
  [/text-decoration[^;]*:[^;]*underline/i, "u"],
  [/text-decoration[^;]*:[^;]*line-through/i, "s"],
];
const HEADING = /^h[1-6]$/i;

export function withMeaning(html: string): string {
  // Renamed before anything is parsed: parsing is what the content policy would report.
  const quiet = html
    .replace(/<(style|script|title)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
  const { body } = new DOMParser().parseFromString(quiet, "text/html");
  for (const element of [...body.querySelectorAll<HTMLElement>("[data-style]")]) give(element);
  return body.innerHTML;
}

function give(element: HTMLElement): void {
  const style = element.dataset["style"] ?? "";
  element.removeAttribute("data-style");
  // Google Docs wraps all it copies in a <b> that is not bold.
  if (/^(b|strong)$/i.test(element.tagName) && /font-weight:\s*(normal|400)/i.test(style)) {
    element.replaceWith(...element.childNodes);
    return;
  }
  if (HEADING.test(element.tagName)) return; // a heading's boldness is the page's affair
  // A link's underline is the page's affair too.
  const isLink = element.closest("a") !== null || element.querySelector("a") !== null;
  for (const [pattern, tag] of MEANINGS) {
    if (!pattern.test(style) || (isLink && tag === "u")) continue;
    const meaning = document.createElement(tag);
    meaning.append(...element.childNodes);
    element.append(meaning);
  }
}
