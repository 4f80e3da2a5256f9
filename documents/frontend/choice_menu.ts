/** The list that opens at the caret after « / » or « @ »: arrows choose, Enter takes, Escape leaves. */
import type { SuggestionOptions, SuggestionProps } from "@tiptap/suggestion";
import { t } from "@collab/text";

interface Looks<Item> {
  label: string;
  nothing: string;
  show(item: Item): Node[];
}

let count = 0;

export function choiceMenu<Item>(looks: Looks<Item>): NonNullable<SuggestionOptions<Item, Item>["render"]> {
  return () => {
    let menu: ChoiceMenu<Item> | null = null;
    return {
      onStart: (props) => (menu = new ChoiceMenu(looks, props)),
      onUpdate: (props) => menu?.update(props),
      onKeyDown: ({ event }) => menu?.press(event) ?? false,
      onExit: () => {
        menu?.close();
        menu = null;
      },
    };
  };
}

class ChoiceMenu<Item> {
  private readonly box = document.createElement("div");
  private readonly list = document.createElement("ul");
  private readonly nothing = document.createElement("p");
  private readonly id = `choices-${++count}`;
  private readonly unmount: () => void;
  private chosen = 0;

  constructor(
    private readonly looks: Looks<Item>,
    private props: SuggestionProps<Item, Item>,
  ) {
    this.box.className = "choices";
    this.list.id = this.id;
    this.list.role = "listbox";
    this.list.ariaLabel = looks.label;
    this.list.tabIndex = 0; // it scrolls, and what scrolls must be reachable
    this.nothing.className = "meta";
    this.nothing.role = "status";
    this.box.append(this.list, this.nothing);
    // The caret stays in the text, on phones the keyboard too.
    this.box.addEventListener("pointerdown", (event) => event.preventDefault());
    this.unmount = props.mount(this.box);
    const text = props.editor.view.dom;
    text.setAttribute("aria-controls", this.id);
    this.draw();
  }

  update(props: SuggestionProps<Item, Item>): void {
    if (props.query !== this.props.query) this.chosen = 0;
    this.props = props;
    this.draw();
  }

  press(event: KeyboardEvent): boolean {
    const { items } = this.props;
    if (event.key === "Escape" || items.length === 0) return false;
    if (event.key === "ArrowDown") this.choose((this.chosen + 1) % items.length);
    else if (event.key === "ArrowUp") this.choose((this.chosen + items.length - 1) % items.length);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else return false;
    return true;
  }

  close(): void {
    const text = this.props.editor.view.dom;
    text.removeAttribute("aria-controls");
    text.removeAttribute("aria-activedescendant");
    this.unmount();
    this.box.remove();
  }

  private draw(): void {
    const { items, loading } = this.props;
    this.list.replaceChildren(...items.map((item, index) => this.row(item, index)));
    this.list.hidden = items.length === 0;
    this.nothing.hidden = items.length > 0;
    this.nothing.textContent = loading ? t("Recherche…") : this.looks.nothing;
    this.choose(Math.min(this.chosen, Math.max(0, items.length - 1)));
  }

  private row(item: Item, index: number): HTMLLIElement {
    const row = document.createElement("li");
    row.role = "option";
    row.id = `${this.id}-${index}`;
    row.append(...this.looks.show(item));
    row.addEventListener("click", () => this.take(index));
    row.addEventListener("pointermove", () => this.choose(index));
    return row;
  }

  private choose(index: number): void {
    this.chosen = index;
    [...this.list.children].forEach((row, at) => (row.ariaSelected = String(at === index)));
    const row = this.list.children[index];
    const text = this.props.editor.view.dom;
    if (row) {
      text.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else text.removeAttribute("aria-activedescendant");
  }

  private take(index: number): void {
    const item = this.props.items[index];
    if (item !== undefined) this.props.command(item);
  }
}
