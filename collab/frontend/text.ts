/** Interface texts. French is the key; other languages are dictionaries that the page's language picks. */
import { english } from "./text_en";

const language = typeof document === "undefined" ? "fr" : document.documentElement.lang || "fr";

/** `t("%(n)s personnes", { n: 3 })` */
export function t(french: string, values: Record<string, string | number> = {}): string {
  const text = language.startsWith("en") ? (english[french] ?? french) : french;
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}
