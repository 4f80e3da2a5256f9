/** `<room-people>`: who is here. `<room-faces>`: some of them, in the room's bar. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { avatar } from "@collab/avatar";
import { icon } from "@collab/icon";
import { t } from "@collab/text";
import type { Present } from "./room_live";
import { RoomElement } from "./room_element";

const FACES = 4;

@customElement("room-people")
export class RoomPeople extends RoomElement {
  override render(): TemplateResult {
    const { present } = this.room;
    return html`
      <h2 class="panel-title">${present.length === 1 ? t("1 personne ici") : t("%(n)s personnes ici", { n: present.length })}</h2>
      <ul class="list people">
        ${repeat(present, (one) => one.id, (one) => this.person(one))}
      </ul>
    `;
  }

  private person(one: Present): TemplateResult {
    const { picture, me, isHost, isOpen } = this.room;
    const speaks = picture.floor?.person === one.id;
    const raised = picture.hands.some((hand) => hand.person === one.id);
    return html`<li class="row">
      ${avatar(one.name, one.id)}
      <span class="row-main">
        ${one.name}
        ${one.id === me.id ? html`<span class="badge accent">${t("vous")}</span>` : nothing}
        ${picture.hosts.includes(one.id) ? html`<span class="badge">${t("anime")}</span>` : nothing}
        ${speaks ? html`<span class="badge live">${t("parle")}</span>` : nothing}
      </span>
      ${raised ? icon("hand", t("a levé la main")) : nothing}
      ${isHost && isOpen && !speaks
        ? html`<button type="button" class="button small quiet" @click=${() => this.ask(this.room.giveFloor(one.id))}>
            ${icon("mic")} <span class="button-word">${t("Parole")}</span>
            <span class="visually-hidden">${t("à %(name)s", { name: one.name })}</span>
          </button>`
        : nothing}
    </li>`;
  }
}

@customElement("room-faces")
export class RoomFaces extends RoomElement {
  override render(): TemplateResult | typeof nothing {
    const { present } = this.room;
    if (present.length === 0) return nothing;
    const words = present.length === 1 ? t("1 personne ici") : t("%(n)s personnes ici", { n: present.length });
    return html`<span class="avatars" aria-hidden="true">
        ${present.slice(0, FACES).map((one) => avatar(one.name, one.id, "small"))}
      </span>
      <span class="meta">${words}</span>`;
  }
}
