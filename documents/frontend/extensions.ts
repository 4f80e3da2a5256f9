/** What a document may hold. The server's rendering knows the same nodes and marks: documents/render.py. */
import { Extension, type Extensions } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import { TaskItem, TaskList } from "@tiptap/extension-list";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { CharacterCount, Placeholder } from "@tiptap/extensions";
import StarterKit from "@tiptap/starter-kit";
import { t } from "@collab/text";
import { carets } from "./carets";
import { isSafeLink } from "./links";
import { mentions, type MentionSource } from "./mentions";
import { slashMenu } from "./slash_menu";
import type { DocumentSync } from "./sync";

export interface Writer {
  person: string;
  name: string;
}

/** The fragment that documents/content.py fills. */
const FRAGMENT = "default";

/** Keys that a browser or Tiptap does not already give their usual meaning. */
const Keys = Extension.create({
  name: "keys",
  addKeyboardShortcuts() {
    return {
      "Mod-k": () => {
        this.editor.view.dom.dispatchEvent(new CustomEvent("editor-link", { bubbles: true }));
        return true;
      },
      "Alt-F10": () => {
        this.editor.view.dom.dispatchEvent(new CustomEvent("editor-toolbar", { bubbles: true }));
        return true;
      },
    };
  },
});

export function extensions(sync: DocumentSync, writer: Writer, people: MentionSource): Extensions {
  return [
    StarterKit.configure({
      heading: { levels: [1, 2, 3] },
      undoRedo: false, // Collaboration has its own, which takes back one's own edits only
      trailingNode: false, // it would write into the document as soon as it is opened, once for each reader
      link: {
        openOnClick: false,
        autolink: true,
        defaultProtocol: "https",
        HTMLAttributes: { rel: "noopener noreferrer nofollow", target: "_blank" },
        isAllowedUri: (href) => isSafeLink(href),
      },
    }),
    TaskList,
    TaskItem.configure({
      nested: true,
      a11y: {
        checkboxLabel: (node) => t("Tâche : %(what)s", { what: node.textContent || t("sans texte") }),
      },
    }),
    Table.configure({ renderWrapper: true }),
    TableRow,
    TableHeader,
    TableCell,
    CharacterCount.configure({ wordCounter: countWords }),
    Placeholder.configure({
      placeholder: ({ node }) =>
        node.type.name === "heading" ? t("Titre") : t("Écrivez ici, ou tapez « / » pour insérer"),
    }),
    Collaboration.configure({ document: sync.doc, field: FRAGMENT }),
    carets(sync.awareness, writer),
    mentions(people),
    slashMenu(),
    Keys,
  ];
}

/** French words: an apostrophe or a middle dot joins, and punctuation that stands alone is no word. */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}’'·⋅-]*/gu)?.length ?? 0;
}
