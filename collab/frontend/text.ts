/** Interface texts. French is the key; other languages are dictionaries that the page's language picks. */

const language = typeof document === "undefined" ? "fr" : document.documentElement.lang || "fr";
const english = new Map<string, string>();

/** An app's `text_en.ts` calls this once; its page entry imports that file. */
export function addEnglish(dictionary: Record<string, string>): void {
  for (const [french, text] of Object.entries(dictionary)) english.set(french, text);
}

/** `t("%(n)s personnes", { n: 3 })`. The key is written out at the call, so that a test finds it. */
export function t(french: string, values: Record<string, string | number> = {}): string {
  const text = language.startsWith("en") ? (english.get(french) ?? french) : french;
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}
