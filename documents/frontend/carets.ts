/** Others' cursors and selections in the text. */
import { CollaborationCaret } from "@tiptap/extension-collaboration-caret";
import type { DecorationAttrs } from "@tiptap/pm/view";
import type { Awareness } from "y-protocols/awareness";
import { colourOf } from "./colours";
import type { Writer } from "./extensions";

/** What a page tells of its person. The server holds the name to what it knows. */
export interface User {
  id?: string;
  name?: string;
  color?: string;
}

export const colourOfUser = (user: User) => colourOf(user.id ?? user.name ?? "");

export function carets(awareness: Awareness, { person, name }: Writer) {
  return CollaborationCaret.configure({
    provider: { awareness },
    user: { id: person, name, color: colourOf(person) },
    render: caret,
    selectionRender: selection,
  });
}

function caret(user: User): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "caret";
  caret.dataset["person"] = user.id ?? "";
  caret.style.setProperty("--person", colourOfUser(user));
  const label = document.createElement("span");
  label.className = "caret-name";
  label.textContent = user.name ?? "";
  caret.append(label);
  return caret;
}

function selection(user: User): DecorationAttrs {
  return { class: "caret-selection", style: `--person: ${colourOfUser(user)}` };
}

/** Turn the names that would stand out of the text's surface. */
export function keepNamesInside(surface: Element): void {
  const edge = surface.getBoundingClientRect().right;
  for (const name of surface.querySelectorAll<HTMLElement>(".caret-name")) {
    const start = name.parentElement!.getBoundingClientRect().left;
    name.classList.toggle("leftward", start + name.offsetWidth > edge);
  }
}
