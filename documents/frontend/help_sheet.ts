/** All that the keyboard can do in a document. */
import { html, render } from "lit";
import { openSheet } from "@collab/sheet";
import { t } from "@collab/text";
import { BLOCKS, HEADINGS, HISTORY, LINK, LISTS, MARKS, MENTION, TEXT, keysText, type Action } from "./actions";

const MOVES: [string, string][] = [
  [t("Aller à la mise en forme"), keysText("Alt-F10")],
  [t("Revenir au texte"), t("Échap")],
  [t("Ouvrir le menu d’insertion"), "/"],
  [t("Cellule suivante, retrait dans une liste"), "Tab"],
];

export function openHelpSheet(): void {
  const body = document.createElement("div");
  body.className = "stack";
  const { sheet } = openSheet(t("Écrire au clavier"), body);
  const actions = [TEXT, ...HEADINGS, ...MARKS, LINK, MENTION, ...LISTS, ...BLOCKS, ...HISTORY];
  render(
    html`<div class="keys-table" tabindex="0" role="region" aria-label=${t("Raccourcis")}>
        <table>
          <thead>
            <tr><th scope="col">${t("Pour")}</th><th scope="col">${t("Touches")}</th><th scope="col">${t("Ou tapez")}</th></tr>
          </thead>
          <tbody>
            ${MOVES.map(([what, keys]) => html`<tr><th scope="row">${what}</th><td><kbd>${keys}</kbd></td><td></td></tr>`)}
            ${actions.filter((action) => action.keys || action.typed).map(row)}
          </tbody>
        </table>
      </div>
      <div class="sheet-actions"><button type="button" class="button primary" @click=${() => sheet.close("")}>${t("Fermer")}</button></div>`,
    body,
  );
}

const row = (action: Action) => html`<tr>
  <th scope="row">${action.label}</th>
  <td>${action.keys ? html`<kbd>${keysText(action.keys)}</kbd>` : null}</td>
  <td>${action.typed ? html`<kbd>${action.typed.trim()}</kbd>` : null}</td>
</tr>`;
