/** « / » at the caret: insert a heading, a list, a table… */
import { Extension } from "@tiptap/core";
import { PluginKey } from "@tiptap/pm/state";
import { Suggestion } from "@tiptap/suggestion";
import { icon } from "@collab/icon";
import { t } from "@collab/text";
import { type Action, matching, runInPlaceOf } from "./actions";
import { choiceMenu } from "./choice_menu";

export function slashMenu() {
  return Extension.create({
    name: "slashMenu",
    addProseMirrorPlugins() {
      return [
        Suggestion<Action, Action>({
          editor: this.editor,
          pluginKey: new PluginKey("slashMenu"),
          char: "/",
          allow: ({ editor }) => editor.isEditable && !editor.isActive("codeBlock") && !editor.isActive("code"),
          items: ({ query, editor }) => matching(query).filter((action) => action.isPossible?.(editor) ?? true),
          command: ({ editor, range, props }) => runInPlaceOf(range, props, editor),
          render: choiceMenu<Action>({ label: t("Insérer"), nothing: t("Rien de ce nom"), show }),
        }),
      ];
    },
  });
}

function show(action: Action): Node[] {
  const label = document.createElement("span");
  label.textContent = action.label;
  const typed = document.createElement("kbd");
  typed.textContent = action.typed?.trim() ?? "";
  typed.ariaHidden = "true";
  return [icon(action.icon), label, ...(action.typed ? [typed] : [])];
}
