/** Where does this link lead? A sheet that sets, changes or removes the link at the caret. */
import type { Editor } from "@tiptap/core";
import { html, render } from "lit";
import { openSheet } from "@collab/sheet";
import { t } from "@collab/text";
import { cleanLink } from "./links";

export async function openLinkSheet(editor: Editor): Promise<void> {
  const href = (editor.getAttributes("link")["href"] as string | undefined) ?? "";
  const form = document.createElement("form");
  form.className = "stack";
  form.noValidate = true;
  const { sheet, closed } = openSheet(href ? t("Modifier le lien") : t("Ajouter un lien"), form);
  render(fields(href, (answer) => sheet.close(answer)), form);
  const input = form.querySelector("input")!;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = cleanLink(input.value);
    if (address !== null) sheet.close(address);
    else refuse(form, input);
  });
  input.select();
  const answer = await closed;
  if (answer === REMOVE) editor.chain().focus().extendMarkRange("link").unsetLink().run();
  else if (answer) put(editor, answer);
  else editor.commands.focus();
}

// No address reads like this.
const REMOVE = "-";

function fields(href: string, close: (answer: string) => void) {
  return html`
    <div class="field">
      <label for="link-address">${t("Adresse")}</label>
      <input id="link-address" inputmode="url" autocomplete="off" autocapitalize="off" spellcheck="false"
        placeholder="https://" .value=${href} aria-describedby="link-error">
      <p class="errorlist" id="link-error" role="alert"></p>
    </div>
    <div class="sheet-actions">
      ${href ? html`<button type="button" class="button danger quiet" @click=${() => close(REMOVE)}>${t("Retirer le lien")}</button>` : null}
      <button type="button" class="button" @click=${() => close("")}>${t("Annuler")}</button>
      <button class="button primary">${t("Valider")}</button>
    </div>`;
}

function refuse(form: HTMLFormElement, input: HTMLInputElement): void {
  input.setAttribute("aria-invalid", "true");
  form.querySelector("#link-error")!.textContent = t("Écrivez une adresse web ou une adresse électronique.");
  input.focus();
}

function put(editor: Editor, address: string): void {
  const chain = editor.chain().focus();
  if (editor.state.selection.empty && !editor.isActive("link")) {
    const text = address.replace(/^mailto:/, "");
    chain.insertContent({ type: "text", text, marks: [{ type: "link", attrs: { href: address } }] }).unsetMark("link").run();
  } else chain.extendMarkRange("link").setLink({ href: address }).run();
}
