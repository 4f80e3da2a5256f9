/**
 * Makes the commune's text field a combobox (the ARIA pattern "editable, list autocomplete"):
 *   <div class="place-field" data-place-field data-url="/compte/communes/">
 *     <input name="commune" id="id_commune"><input type="hidden" name="commune_code">
 *   </div>
 * Without it, the server resolves the words.
 */
import { t } from "./text";

const PAUSE_MS = 150;
const SHORTEST = 2;

interface Place {
  code: string;
  label: string;
  postcode: string;
}

/** Unknown JSON becomes places, or none. */
export function parsePlaces(answer: unknown): Place[] {
  const list = (answer as { communes?: unknown } | null)?.communes;
  if (!Array.isArray(list)) return [];
  return list.filter(
    (place): place is Place =>
      typeof place === "object" &&
      place !== null &&
      ["code", "label", "postcode"].every((key) => typeof (place as Record<string, unknown>)[key] === "string"),
  );
}

let count = 0;

export class PlaceField {
  private readonly input: HTMLInputElement;
  private readonly code: HTMLInputElement;
  private readonly options = document.createElement("ul");
  private readonly status = document.createElement("span");
  private places: Place[] = [];
  private active = -1;
  private timer = 0;
  private request: AbortController | null = null;

  constructor(private readonly root: HTMLElement) {
    this.input = root.querySelector<HTMLInputElement>('input:not([type="hidden"])')!;
    this.code = root.querySelector<HTMLInputElement>('input[type="hidden"]')!;
    this.options.id = `place-options-${++count}`;
    this.options.className = "place-options";
    this.options.hidden = true;
    this.options.setAttribute("role", "listbox");
    this.options.setAttribute("aria-label", t("Communes"));
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.options.id,
      autocomplete: "off",
    })) {
      this.input.setAttribute(name, value);
    }
    root.append(this.options, this.status);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (key) => this.pressed(key));
    this.input.addEventListener("blur", () => this.close());
    // Before the blur, or the list would close under the finger.
    this.options.addEventListener("pointerdown", (pointer) => {
      pointer.preventDefault();
      const option = (pointer.target as HTMLElement).closest<HTMLElement>('[role="option"]');
      if (option) this.choose(Number(option.dataset.index));
    });
  }

  private typed(): void {
    this.code.value = "";
    window.clearTimeout(this.timer);
    if (this.input.value.trim().length < SHORTEST) return this.close();
    this.timer = window.setTimeout(() => void this.ask(this.input.value), PAUSE_MS);
  }

  private async ask(words: string): Promise<void> {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const url = `${this.root.dataset.url}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(url, { signal: this.request.signal });
      this.show(answer.ok ? parsePlaces(await answer.json()) : []);
    } catch {
      // Offline, or overtaken by the next letter: the words alone will do.
    }
  }

  private show(places: Place[]): void {
    this.places = places;
    this.options.replaceChildren(...places.map((place, index) => this.option(place, index)));
    this.options.hidden = places.length === 0;
    this.input.setAttribute("aria-expanded", String(places.length > 0));
    this.status.textContent = places.length ? t("%(n)s communes proposées", { n: places.length }) : t("Aucune commune");
    this.activate(-1);
  }

  private option(place: Place, index: number): HTMLLIElement {
    const element = document.createElement("li");
    element.id = `${this.options.id}-${index}`;
    element.setAttribute("role", "option");
    element.dataset.index = String(index);
    const name = document.createElement("span");
    name.textContent = place.label;
    const postcode = document.createElement("span");
    postcode.className = "meta";
    postcode.textContent = place.postcode;
    element.append(name, postcode);
    return element;
  }

  private pressed(key: KeyboardEvent): void {
    if (this.options.hidden) {
      if (key.key === "ArrowDown" && this.places.length) this.show(this.places);
      return;
    }
    const last = this.places.length - 1;
    if (key.key === "ArrowDown") this.activate(this.active < last ? this.active + 1 : 0);
    else if (key.key === "ArrowUp") this.activate(this.active > 0 ? this.active - 1 : last);
    else if (key.key === "Enter" && this.active >= 0) this.choose(this.active);
    else if (key.key === "Escape") this.close();
    else return;
    key.preventDefault();
  }

  private activate(index: number): void {
    this.active = index;
    [...this.options.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    const option = this.options.children[index];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView?.({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  private choose(index: number): void {
    const place = this.places[index];
    if (!place) return;
    this.input.value = place.label;
    this.code.value = place.code;
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private close(): void {
    this.request?.abort();
    window.clearTimeout(this.timer);
    this.options.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }
}

for (const root of document.querySelectorAll<HTMLElement>("[data-place-field]")) new PlaceField(root);
