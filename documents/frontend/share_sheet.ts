/** Who can read what; for the owner, also: add, change and remove people. */
import { html, nothing, render } from "lit";
import { avatar } from "@collab/avatar";
import { icon } from "@collab/icon";
import { openSheet } from "@collab/sheet";
import { t } from "@collab/text";
import { toast } from "@collab/toast";
import { type Access, ApiError, type DocumentApi, type Granted } from "./document_api";
import type { Mentionable } from "./mentions";

const SEARCH_MS = 150;

export async function openShareSheet(api: DocumentApi): Promise<void> {
  try {
    new ShareSheet(api, await api.access());
  } catch (error) {
    toast(error instanceof ApiError ? error.detail : t("Pas de réseau : réessayez."), { kind: "danger" });
  }
}

class ShareSheet {
  private readonly body = document.createElement("div");
  private readonly close: () => void;
  private found: Mentionable[] = [];
  private query = "";
  private said = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: DocumentApi,
    private access: Access,
  ) {
    this.body.className = "stack";
    const { sheet } = openSheet(access.isOwner ? t("Partager") : t("Qui peut lire ?"), this.body);
    this.close = () => sheet.close("");
    this.draw();
    if (access.isOwner) void this.search("");
  }

  private draw(): void {
    const { access } = this;
    render(
      html`${access.isOwner ? this.drawSearch() : nothing}
        ${access.isOwner ? html`<h3>${t("Qui peut lire ?")}</h3>` : nothing}
        <ul class="list share-list">
          ${access.owner ? person(access.owner, html`<span class="badge accent">${t("Propriétaire")}</span>`) : nothing}
          ${access.group
            ? html`<li class="row">
                <span class="avatar small" aria-hidden="true">${icon("users")}</span>
                <div class="row-main"><b>${access.group.name}</b>
                  <p class="meta">${t("Ses membres écrivent, ses abonné·es lisent.")}</p></div>
              </li>`
            : nothing}
          ${access.grants.map((one) => person(one, this.drawRight(one)))}
        </ul>
        ${access.group || access.grants.length > 0 ? nothing : html`<p class="meta">${t("Personne d’autre ne peut lire ce document.")}</p>`}
        <p class="visually-hidden" role="status">${this.said}</p>
        <div class="sheet-actions"><button type="button" class="button" @click=${this.close}>${t("Fermer")}</button></div>`,
      this.body,
    );
  }

  private drawSearch() {
    return html`<div class="field">
        <label for="share-search">${t("Ajouter une personne de vos groupes")}</label>
        <input id="share-search" type="search" autocomplete="off" .value=${this.query}
          @input=${(event: InputEvent) => this.typed((event.target as HTMLInputElement).value)}>
      </div>
      ${this.found.length > 0
        ? html`<ul class="list share-found" aria-label=${t("Personnes trouvées")}>
            ${this.found.map((one) =>
              person(one, html`<span class="cluster share-buttons">
                <button type="button" class="button small" @click=${() => this.give(one, "reader")}
                  aria-label=${t("%(name)s peut lire", { name: one.name })}>${icon("eye")}${t("Lire")}</button>
                <button type="button" class="button small" @click=${() => this.give(one, "editor")}
                  aria-label=${t("%(name)s peut écrire", { name: one.name })}>${icon("pencil")}${t("Écrire")}</button>
              </span>`),
            )}
          </ul>`
        : html`<p class="meta">${this.query ? t("Personne de ce nom dans vos groupes.") : t("Toutes les personnes de vos groupes peuvent déjà lire.")}</p>`}`;
  }

  private drawRight(one: Granted) {
    if (!this.access.isOwner) return nothing;
    const change = (event: Event) => {
      const value = (event.target as HTMLSelectElement).value;
      if (value === "none") void this.take(one);
      else void this.give(one, value === "editor" ? "editor" : "reader");
    };
    return html`<select class="input share-right" aria-label=${t("Droit de %(name)s", { name: one.name })} @change=${change}>
      <option value="reader" ?selected=${one.right === "reader"}>${t("Peut lire")}</option>
      <option value="editor" ?selected=${one.right === "editor"}>${t("Peut écrire")}</option>
      <option value="none">${t("Retirer l’accès")}</option>
    </select>`;
  }

  private typed(query: string): void {
    this.query = query;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(query), SEARCH_MS);
  }

  private async search(query: string): Promise<void> {
    await this.attempt(async () => {
      const found = await this.api.guests(query);
      if (query === this.query) this.found = found;
    });
  }

  private async give(one: Mentionable, right: Granted["right"]): Promise<void> {
    await this.attempt(async () => {
      await this.api.grant(one.id, right);
      const words = { name: one.name };
      this.said = right === "editor" ? t("%(name)s peut maintenant écrire.", words) : t("%(name)s peut maintenant lire.", words);
      await this.refresh();
    });
  }

  private async take(one: Mentionable): Promise<void> {
    await this.attempt(async () => {
      await this.api.withdraw(one.id);
      this.said = t("%(name)s n’a plus d’accès à son nom.", { name: one.name });
      await this.refresh();
    });
  }

  private async refresh(): Promise<void> {
    this.access = await this.api.access();
    this.found = await this.api.guests(this.query);
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      toast(error instanceof ApiError ? error.detail : t("Pas de réseau : réessayez."), { kind: "danger" });
    }
    this.draw();
  }
}

const person = (one: Mentionable, end: unknown) => html`<li class="row">
  ${avatar(one.name, one.id, "small")}
  <div class="row-main"><b>${one.name}</b></div>
  ${end}
</li>`;
