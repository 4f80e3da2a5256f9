import { avatar } from "@collab/avatar";
import { icon } from "@collab/icon";
import { t } from "@collab/text";
import { html, nothing, type TemplateResult } from "lit";

import type { CallElement } from "../call_element";
import type { Participant } from "../call_data";
import type { Device } from "../devices";
import type { Quality } from "../quality";

export function deviceFields(element: CallElement): TemplateResult {
  const words: Record<Device, string> = { mic: t("Micro"), camera: t("Caméra"), speaker: t("Haut-parleur") };
  const field = (device: Device) => {
    const found = element.own.found[device];
    if (found.length === 0) return nothing;
    const chosen = element.deviceInUse(device);
    return html`
      <div class="field">
        <label for="call-${device}">${words[device]}</label>
        <select id="call-${device}" @change=${(change: Event) => element.choose(device, (change.target as HTMLSelectElement).value)}>
          ${found.map(
            (one, at) => html`<option value=${one.deviceId} ?selected=${one.deviceId === chosen}>${one.label || `${words[device]} ${at + 1}`}</option>`,
          )}
        </select>
      </div>
    `;
  };
  return html`<div class="stack">${field("mic")}${field("camera")}${field("speaker")}</div>`;
}

export function peopleSheet(element: CallElement): TemplateResult {
  const { participants } = element.media.data;
  const moderates = element.media.right === "moderate";
  return html`
    <ul class="list call-people">
      ${participants.map((one) => personRow(element, one, moderates))}
    </ul>
    ${moderates
      ? html`<button type="button" class="button" @click=${() => element.muteOthers()}>${icon("mic-off")} ${t("Couper tous les autres micros")}</button>`
      : nothing}
  `;
}

function personRow(element: CallElement, one: Participant, moderates: boolean): TemplateResult {
  const isOwn = one.session === element.media.session;
  const mayBeMuted = moderates && one.person !== element.person && one.mic;
  const mayBeRemoved = moderates && one.person !== element.person && one.right !== "moderate";
  return html`
    <li class="row" data-session=${one.session}>
      ${avatar(one.name, one.person, "small")}
      <span class="row-main">
        ${isOwn ? t("%(name)s (vous)", { name: one.name }) : one.name}
        ${one.right === "watch" ? html`<span class="badge">${t("regarde")}</span>` : nothing}
        ${one.right === "moderate" ? html`<span class="badge accent">${t("modère")}</span>` : nothing}
      </span>
      ${one.right === "watch" ? nothing : icon(one.mic ? "mic" : "mic-off", one.mic ? t("Micro ouvert") : t("Micro coupé"))}
      ${one.right === "watch" ? nothing : icon(one.camera ? "video" : "video-off", one.camera ? t("Caméra allumée") : t("Caméra éteinte"))}
      ${mayBeMuted
        ? html`<button
            type="button"
            class="button small"
            data-act="mute"
            aria-label=${`${t("Couper le micro")} – ${one.name}`}
            @click=${() => element.mute(one)}
          >
            ${t("Couper le micro")}
          </button>`
        : nothing}
      ${mayBeRemoved
        ? html`<button
            type="button"
            class="button small danger"
            data-act="remove"
            aria-label=${`${t("Faire sortir")} – ${one.name}`}
            @click=${() => element.sendOut(one)}
          >
            ${t("Faire sortir")}
          </button>`
        : nothing}
    </li>
  `;
}

export function figuresSheet(element: CallElement): TemplateResult {
  const { quality, kbitIn, kbitOut, lossPercent, roundTripMs } = element.media.figures;
  const words: Record<Quality, string> = { unknown: t("en cours de mesure"), good: t("bonne"), fair: t("moyenne"), poor: t("mauvaise") };
  const rows: [string, string][] = [
    [t("Qualité"), words[quality]],
    [t("Reçu"), t("%(n)s kbit/s", { n: kbitIn })],
    [t("Envoyé"), t("%(n)s kbit/s", { n: kbitOut })],
    [t("Perdu en route"), `${lossPercent} %`],
    [t("Aller-retour"), roundTripMs === null ? "–" : `${roundTripMs} ms`],
  ];
  return html`<dl class="call-figures">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export function helpSheet(element: CallElement): TemplateResult {
  const keys: [string, string][] = [
    ["M", t("couper ou activer le micro")],
    ["V", t("allumer ou éteindre la caméra")],
    ["G", t("mosaïque ou personne qui parle")],
    ["F", t("plein écran")],
    ["?", t("cette aide")],
  ];
  return html`
    <dl class="call-figures">${keys.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
    <div class="field check">
      <input id="call-shortcuts" type="checkbox" .checked=${element.shortcuts} @change=${(change: Event) => element.setShortcuts((change.target as HTMLInputElement).checked)} />
      <label for="call-shortcuts">${t("Raccourcis clavier actifs")}</label>
    </div>
  `;
}
