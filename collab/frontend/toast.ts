/** Short words that come and go: `toast("Enregistré")`. They wait while the pointer or the focus is on them. */
import { icon } from "./icon";
import { t } from "./text";

const SECONDS = 6;
const MOST = 4;

interface Options {
  kind?: "info" | "danger";
  action?: { label: string; run: () => void };
}

/** The live region has to be in the page before its words, or screen readers miss them. */
function region(): HTMLElement {
  let found = document.querySelector<HTMLElement>(".toasts");
  if (!found) {
    found = document.createElement("div");
    found.className = "toasts";
    found.setAttribute("role", "status");
    found.setAttribute("aria-live", "polite");
    document.body.append(found);
  }
  return found;
}

export function toast(text: string, { kind = "info", action }: Options = {}): HTMLElement {
  const element = document.createElement("div");
  element.className = `toast ${kind}`;
  const words = document.createElement("p");
  words.textContent = text;
  element.append(words);
  if (kind === "danger") element.setAttribute("role", "alert");
  if (action) element.append(button(action.label, () => (action.run(), element.remove())));
  const close = button("", () => element.remove());
  close.classList.add("icon-only");
  close.append(icon("x", t("Fermer")));
  element.append(close);
  const all = region();
  all.append(element);
  while (all.children.length > MOST) all.firstElementChild?.remove();
  leaveLater(element);
  return element;
}

function button(label: string, run: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button quiet small";
  element.textContent = label;
  element.addEventListener("click", run);
  return element;
}

function leaveLater(element: HTMLElement): void {
  let timer = 0;
  const start = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => element.remove(), SECONDS * 1000);
  };
  const stop = () => window.clearTimeout(timer);
  element.addEventListener("pointerenter", stop);
  element.addEventListener("focusin", stop);
  element.addEventListener("pointerleave", start);
  element.addEventListener("focusout", start);
  start();
}

export function prepareToasts(): void {
  region();
}
