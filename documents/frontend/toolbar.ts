/** The row of buttons above the text: one stop for Tab, arrows inside, as ARIA's toolbar pattern says. */
import type { Editor } from "@tiptap/core";
import { icon } from "@collab/icon";
import { type Action, keysText } from "./actions";

export class Toolbar {
  readonly element = document.createElement("div");
  private readonly buttons = new Map<HTMLButtonElement, Action>();

  constructor(
    private readonly editor: Editor,
    label: string,
    groups: Action[][],
  ) {
    this.element.className = "editor-tools";
    this.element.role = "toolbar";
    this.element.ariaLabel = label;
    for (const group of groups) this.element.append(this.group(group));
    this.stopAt(this.all()[0]);
    this.element.addEventListener("keydown", (event) => this.press(event));
    this.element.addEventListener("focusin", (event) => this.stopAt(event.target as HTMLButtonElement));
    this.update();
  }

  /** Say again what is active and possible. Cheap enough for every transaction. */
  update(): void {
    for (const [button, action] of this.buttons) {
      if (action.isActive) set(button, "aria-pressed", String(action.isActive(this.editor)));
      // Not `disabled`: a button under the focus must not vanish from under it.
      set(button, "aria-disabled", String(!(action.isPossible?.(this.editor) ?? true)));
    }
  }

  focus(): void {
    this.all()
      .find((button) => button.tabIndex === 0)
      ?.focus();
  }

  private group(actions: Action[]): HTMLElement {
    const group = document.createElement("div");
    group.className = "editor-tool-group";
    group.append(...actions.map((action) => this.button(action)));
    return group;
  }

  private button(action: Action): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "editor-tool";
    button.dataset["action"] = action.name;
    button.tabIndex = -1;
    button.ariaLabel = action.label;
    button.title = action.keys ? `${action.label} (${keysText(action.keys)})` : action.label;
    button.append(icon(action.icon));
    // A press must not take the caret, nor the phone's keyboard, out of the text.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") action.run(this.editor);
    });
    this.buttons.set(button, action);
    return button;
  }

  private all(): HTMLButtonElement[] {
    return [...this.buttons.keys()];
  }

  private stopAt(button: HTMLButtonElement | undefined): void {
    if (!button || !this.buttons.has(button)) return;
    for (const each of this.buttons.keys()) each.tabIndex = each === button ? 0 : -1;
  }

  private press(event: KeyboardEvent): void {
    const all = this.all();
    const at = all.indexOf(event.target as HTMLButtonElement);
    const next: Record<string, number> = {
      ArrowRight: (at + 1) % all.length,
      ArrowLeft: (at + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    if (event.key === "Escape") this.editor.commands.focus();
    else if (event.key in next) {
      const button = all[next[event.key]!];
      button?.focus();
      button?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else return;
    event.preventDefault();
  }
}

function set(button: HTMLButtonElement, name: string, value: string): void {
  if (button.getAttribute(name) !== value) button.setAttribute(name, value);
}
