/** What can be done to the text: one list for the toolbar, the insert menu and the help. */
import type { Editor, Range } from "@tiptap/core";
import type { IconName } from "@collab/icon";
import { t } from "@collab/text";
import "./text_en"; // before the labels below are read

export interface Action {
  name: string;
  label: string;
  icon: IconName;
  /** As KeyboardEvent names them; "Mod" is Ctrl, or ⌘ on a Mac. */
  keys?: string;
  /** What to type at the start of a line for the same. */
  typed?: string;
  /** More words that find it in the insert menu. */
  words?: string;
  run(editor: Editor): void;
  isActive?(editor: Editor): boolean;
  isPossible?(editor: Editor): boolean;
}

const on = (editor: Editor) => editor.chain().focus();

const heading = (level: 1 | 2 | 3, words: string): Action => ({
  name: `heading-${level}`,
  label: t("Titre %(level)s", { level }),
  icon: `heading-${level}` as const,
  keys: `Mod-Alt-${level}`,
  typed: `${"#".repeat(level)} `,
  words,
  run: (editor) => on(editor).toggleHeading({ level }).run(),
  isActive: (editor) => editor.isActive("heading", { level }),
  isPossible: (editor) => editor.can().toggleHeading({ level }),
});

export const TEXT: Action = {
  name: "text",
  label: t("Texte"),
  icon: "pilcrow",
  keys: "Mod-Alt-0",
  words: "paragraphe normal paragraph text",
  run: (editor) => on(editor).setParagraph().run(),
};

export const HISTORY: Action[] = [
  {
    name: "undo",
    label: t("Défaire"),
    icon: "undo-2",
    keys: "Mod-z",
    run: (editor) => on(editor).undo().run(),
    isPossible: (editor) => editor.can().undo(),
  },
  {
    name: "redo",
    label: t("Refaire"),
    icon: "redo-2",
    keys: "Mod-Shift-z",
    run: (editor) => on(editor).redo().run(),
    isPossible: (editor) => editor.can().redo(),
  },
];

export const HEADINGS: Action[] = [
  heading(1, "grand titre h1 heading"),
  heading(2, "sous-titre h2 heading"),
  heading(3, "petit titre h3 heading"),
];

type Mark = "bold" | "italic" | "underline" | "strike" | "code";

const mark = (name: Mark, label: string, icon: IconName, keys: string, typed?: string): Action => ({
  name,
  label,
  icon,
  keys,
  ...(typed ? { typed } : {}),
  run: (editor) => on(editor).toggleMark(name).run(),
  isActive: (editor) => editor.isActive(name),
  isPossible: (editor) => editor.can().toggleMark(name),
});

export const MARKS: Action[] = [
  mark("bold", t("Gras"), "bold", "Mod-b", `**${t("gras")}**`),
  mark("italic", t("Italique"), "italic", "Mod-i", `*${t("italique")}*`),
  mark("underline", t("Souligné"), "underline", "Mod-u"),
  mark("strike", t("Barré"), "strikethrough", "Mod-Shift-s", `~~${t("barré")}~~`),
  mark("code", t("Code"), "code", "Mod-e", "`code`"),
];

export const LINK: Action = {
  name: "link",
  label: t("Lien"),
  icon: "link",
  keys: "Mod-k",
  run: (editor) => void editor.view.dom.dispatchEvent(new CustomEvent("editor-link", { bubbles: true })),
  isActive: (editor) => editor.isActive("link"),
  isPossible: (editor) => editor.isActive("link") || editor.can().setLink({ href: "https://exemple.fr" }),
};

export const LISTS: Action[] = [
  {
    name: "bullet-list",
    label: t("Liste à puces"),
    icon: "list",
    keys: "Mod-Shift-8",
    typed: "- ",
    words: "puces bullet list",
    run: (editor) => on(editor).toggleBulletList().run(),
    isActive: (editor) => editor.isActive("bulletList"),
    isPossible: (editor) => editor.can().toggleBulletList(),
  },
  {
    name: "ordered-list",
    label: t("Liste numérotée"),
    icon: "list-ordered",
    keys: "Mod-Shift-7",
    typed: "1. ",
    words: "numeros ordered numbered list",
    run: (editor) => on(editor).toggleOrderedList().run(),
    isActive: (editor) => editor.isActive("orderedList"),
    isPossible: (editor) => editor.can().toggleOrderedList(),
  },
  {
    name: "task-list",
    label: t("Liste de tâches"),
    icon: "list-checks",
    keys: "Mod-Shift-9",
    typed: "[ ] ",
    words: "cases a cocher todo task list",
    run: (editor) => on(editor).toggleTaskList().run(),
    isActive: (editor) => editor.isActive("taskList"),
    isPossible: (editor) => editor.can().toggleTaskList(),
  },
];

export const BLOCKS: Action[] = [
  {
    name: "quote",
    label: t("Citation"),
    icon: "quote",
    keys: "Mod-Shift-b",
    typed: "> ",
    words: "quote blockquote",
    run: (editor) => on(editor).toggleBlockquote().run(),
    isActive: (editor) => editor.isActive("blockquote"),
    isPossible: (editor) => editor.can().toggleBlockquote(),
  },
  {
    name: "code-block",
    label: t("Bloc de code"),
    icon: "square-code",
    keys: "Mod-Alt-c",
    typed: "``` ",
    words: "code block",
    run: (editor) => on(editor).toggleCodeBlock().run(),
    isActive: (editor) => editor.isActive("codeBlock"),
    isPossible: (editor) => editor.can().toggleCodeBlock(),
  },
  {
    name: "table",
    label: t("Tableau"),
    icon: "table",
    words: "table colonnes lignes",
    run: (editor) => on(editor).insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
    isPossible: (editor) => !editor.isActive("table") && editor.can().insertTable(),
  },
  {
    name: "divider",
    label: t("Séparation"),
    icon: "minus",
    typed: "--- ",
    words: "ligne horizontale divider rule",
    run: (editor) => on(editor).setHorizontalRule().run(),
    isPossible: (editor) => editor.can().setHorizontalRule(),
  },
];

export const MENTION: Action = {
  name: "mention",
  label: t("Mentionner quelqu’un"),
  icon: "at-sign",
  typed: "@",
  words: "personne nom mention person",
  run: (editor) => {
    const { $from } = editor.state.selection;
    const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 1), $from.parentOffset);
    on(editor)
      .insertContent(before && before !== " " ? " @" : "@")
      .run();
  },
  isPossible: (editor) => !editor.isActive("codeBlock"),
};

/** The toolbar's groups, in their order. */
export const TOOLBAR: Action[][] = [HISTORY, HEADINGS, MARKS, [LINK, MENTION], LISTS, BLOCKS];

/** What « / » offers. */
export const INSERTIONS: Action[] = [...HEADINGS, TEXT, ...LISTS, ...BLOCKS, MENTION];

/** Shown while the caret is in a table. */
export const TABLE: Action[] = [
  { name: "row-after", label: t("Ajouter une ligne"), icon: "between-horizontal-end", run: (editor) => on(editor).addRowAfter().run() },
  { name: "column-after", label: t("Ajouter une colonne"), icon: "between-vertical-end", run: (editor) => on(editor).addColumnAfter().run() },
  { name: "delete-row", label: t("Supprimer la ligne"), icon: "fold-vertical", run: (editor) => on(editor).deleteRow().run() },
  { name: "delete-column", label: t("Supprimer la colonne"), icon: "fold-horizontal", run: (editor) => on(editor).deleteColumn().run() },
  { name: "header-row", label: t("Ligne de titre"), icon: "panel-top", run: (editor) => on(editor).toggleHeaderRow().run() },
  { name: "delete-table", label: t("Supprimer le tableau"), icon: "trash-2", run: (editor) => on(editor).deleteTable().run() },
];

/** Take the typed "/word" away, then do it, as one step that can be undone. */
export function runInPlaceOf(range: Range, action: Action, editor: Editor): void {
  editor.chain().focus().deleteRange(range).run();
  action.run(editor);
}

/** What a person types to find it: without accents, in small letters. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export function matching(query: string, actions: Action[] = INSERTIONS): Action[] {
  const wanted = plain(query).trim();
  return actions.filter((action) => plain(`${action.label} ${action.words ?? ""}`).includes(wanted));
}

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** "Mod-Shift-z" as people read it. */
export function keysText(keys: string): string {
  const names: Record<string, string> = isMac
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥" }
    : { Mod: "Ctrl", Shift: t("Maj"), Alt: "Alt" };
  return keys
    .split("-")
    .map((key) => names[key] ?? key.toUpperCase())
    .join(isMac ? " " : " + ");
}
