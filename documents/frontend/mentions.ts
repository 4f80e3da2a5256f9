/** « @ » and a name: a mention in the text, and a notification for the person. */
import Mention from "@tiptap/extension-mention";
import { PluginKey } from "@tiptap/pm/state";
import { avatar } from "@collab/avatar";
import { t } from "@collab/text";
import { choiceMenu } from "./choice_menu";

export interface Mentionable {
  id: string;
  name: string;
}

export interface MentionSource {
  search(query: string, signal: AbortSignal): Promise<Mentionable[]>;
  /** The mention `node` of this person is in the text now. */
  mentioned(node: string, person: string): void;
}

const SEARCH_MS = 120;

export function mentions(source: MentionSource) {
  return Mention.extend({
    addAttributes() {
      return {
        ...this.parent?.(),
        // Tells two mentions of one person apart: each is told once.
        node: {
          default: null,
          parseHTML: (element) => element.getAttribute("data-node"),
          renderHTML: ({ node }) => (node ? { "data-node": node as string } : {}),
        },
      };
    },
  }).configure({
    HTMLAttributes: { class: "mention" },
    suggestion: {
      char: "@",
      pluginKey: new PluginKey("mentions"),
      debounce: SEARCH_MS,
      allow: ({ editor }) => editor.isEditable && !editor.isActive("codeBlock"),
      items: ({ query, signal }) => source.search(query, signal),
      command: ({ editor, range, props }) => {
        const chosen = props as unknown as Mentionable;
        const node = crypto.randomUUID();
        const after = editor.state.doc.textBetween(range.to, Math.min(range.to + 1, editor.state.doc.content.size));
        editor
          .chain()
          .focus()
          .insertContentAt(range, [
            { type: "mention", attrs: { id: chosen.id, label: chosen.name, node } },
            ...(after === " " ? [] : [{ type: "text", text: " " }]),
          ])
          .run();
        source.mentioned(node, chosen.id);
      },
      render: choiceMenu<Mentionable>({
        label: t("Mentionner quelqu’un"),
        nothing: t("Personne de ce nom ne peut lire le document"),
        show,
      }) as never,
    },
  });
}

function show({ id, name }: Mentionable): Node[] {
  const label = document.createElement("span");
  label.textContent = name;
  return [avatar(name, id, "small"), label];
}
