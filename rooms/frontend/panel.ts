/**
 * The side panel's tabs, by the ARIA pattern: arrows move, one tab stop.
 *
 *   <div role="tablist"><button role="tab" id="tab-chat" aria-controls="panel-chat">…<span data-mark></span></button>…</div>
 *   <div role="tabpanel" id="panel-chat" aria-labelledby="tab-chat">…</div>
 *
 * A panel's part hears "room-shown" with true when it comes into sight, and false when it leaves.
 */
export class Panel {
  private readonly tabs: HTMLElement[];

  constructor(
    private readonly list: HTMLElement,
    private readonly chosen: (name: string) => void,
  ) {
    this.tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
    list.addEventListener("click", (event) => {
      const tab = (event.target as Element).closest<HTMLElement>('[role="tab"]');
      if (tab) this.choose(nameOf(tab));
    });
    list.addEventListener("keydown", (event) => this.key(event));
  }

  get current(): string {
    return nameOf(this.tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? this.tabs[0]!);
  }

  choose(name: string, focus = false): void {
    for (const tab of this.tabs) {
      const on = nameOf(tab) === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls")!)!;
      panel.hidden = !on;
      for (const part of panel.children) part.dispatchEvent(new CustomEvent("room-shown", { detail: on }));
      if (on && focus) tab.focus();
    }
    this.chosen(name);
  }

  /** A number or a dot beside a tab's name; `words` say it aloud. Nothing when 0. */
  mark(name: string, count: number, words = ""): void {
    const mark = this.list.querySelector(`#tab-${name} [data-mark]`);
    if (!mark) return;
    const shown = count > 99 ? "99+" : count > 0 ? String(count) : "";
    if (mark.firstChild?.textContent === shown && mark.getAttribute("data-words") === words) return;
    mark.setAttribute("data-words", words);
    mark.replaceChildren(...(shown ? [shown] : []));
    if (words && shown) {
      const aloud = document.createElement("span");
      aloud.className = "visually-hidden";
      aloud.textContent = ` ${words}`;
      mark.append(aloud);
    }
  }

  private key(event: KeyboardEvent): void {
    const at = this.tabs.findIndex((tab) => nameOf(tab) === this.current);
    const last = this.tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(nameOf(this.tabs[to]!), true);
  }
}

function nameOf(tab: HTMLElement): string {
  return tab.id.replace("tab-", "");
}
