/** <relative-time datetime="2026-11-24T18:00:00+01:00">24 novembre 2026 18:00</relative-time>: "il y a 3 minutes". */
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const OLDEST_DAYS = 14;
const EVERY_MS = 30_000;

export function relativeWords(then: Date, now: Date, language: string): string {
  const seconds = (then.getTime() - now.getTime()) / 1000;
  if (Math.abs(seconds) > OLDEST_DAYS * 86_400) {
    return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(then);
  }
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(0, "second");
}

class RelativeTime extends HTMLElement {
  static readonly observedAttributes = ["datetime"];
  private timer = 0;

  connectedCallback(): void {
    this.timer = window.setInterval(() => this.show(), EVERY_MS);
    this.show();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }

  attributeChangedCallback(): void {
    this.show();
  }

  private show(): void {
    const then = new Date(this.getAttribute("datetime") ?? "");
    if (Number.isNaN(then.getTime())) return;
    const language = document.documentElement.lang || "fr";
    this.title = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" }).format(then);
    this.textContent = relativeWords(then, new Date(), language);
  }
}

customElements.define("relative-time", RelativeTime);
