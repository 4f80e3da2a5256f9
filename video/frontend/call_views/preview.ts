import { avatar } from "@collab/avatar";
import { icon } from "@collab/icon";
import { t } from "@collab/text";
import { html, nothing, type TemplateResult } from "lit";

import type { CallElement } from "../call_element";
import { controlView } from "./controls";
import { deviceFields } from "./sheets";
import { playing } from "./tile";

/** Before joining: how one looks and sounds, who is there, and one large button. */
export function previewView(element: CallElement): TemplateResult {
  const watches = !element.media.publishes;
  return html`
    <div class="call-preview">
      ${watches ? nothing : mirrorView(element)}
      <div class="call-entry">
        ${endedView(element)}
        <h2>${watches ? t("Regarder l’appel") : t("Prêt·e à rejoindre l’appel")}</h2>
        ${whoIsThere(element)}
        <button type="button" class="button primary call-join" ?disabled=${element.media.state === "joining"} @click=${() => element.join()}>
          ${icon(watches ? "eye" : "video")} ${element.media.state === "joining" ? t("Connexion…") : watches ? t("Regarder") : t("Rejoindre")}
        </button>
        ${element.media.state === "joining"
          ? html`<button type="button" class="button quiet" @click=${() => element.leave()}>${t("Annuler")}</button>`
          : nothing}
        ${watches ? html`<p class="meta">${t("Vous verrez et entendrez, sans être vu·e ni entendu·e.")}</p>` : problemsView(element)}
        ${watches || !(element.own.tracks.mic || element.own.tracks.camera)
          ? nothing
          : html`<details class="call-devices">
              <summary>${icon("settings-2")} ${t("Choisir micro, caméra et haut-parleur")} ${icon("chevron-down")}</summary>
              ${deviceFields(element)}
            </details>`}
      </div>
    </div>
  `;
}

function mirrorView(element: CallElement): TemplateResult {
  const { own } = element;
  const camera = own.choice.camera ? own.tracks.camera : undefined;
  return html`
    <div class="call-mirror">
      <div class="call-face">${avatar(element.name, element.person, "large")}</div>
      ${camera
        ? html`<video class="mirror" .srcObject=${playing(camera)} .muted=${true} autoplay playsinline aria-label=${t("Votre image")}></video>`
        : nothing}
      ${own.tracks.mic || own.tracks.camera
        ? html`<div class="call-level" aria-hidden="true"><span></span></div>`
        : html`<button type="button" class="button small call-check" @click=${() => element.prepare()}>
            ${t("Vérifier micro et caméra")}
          </button>`}
      <div class="call-controls" role="group" aria-label=${t("Micro et caméra")}>
        ${controlView({
          name: "mic",
          icon: own.choice.mic ? "mic" : "mic-off",
          label: own.choice.mic ? t("Couper le micro") : t("Activer le micro"),
          short: t("Micro"),
          isOff: !own.choice.mic,
          press: () => element.toggleMic(),
        })}
        ${controlView({
          name: "camera",
          icon: own.choice.camera ? "video" : "video-off",
          label: own.choice.camera ? t("Éteindre la caméra") : t("Allumer la caméra"),
          short: t("Caméra"),
          isOff: !own.choice.camera,
          press: () => element.toggleCamera(),
        })}
      </div>
    </div>
  `;
}

function whoIsThere(element: CallElement): TemplateResult {
  const people = new Map(element.media.data.participants.map((one) => [one.person, one.name]));
  if (people.size === 0) return html`<p class="meta">${t("Personne n’est encore là.")}</p>`;
  const first = [...people].slice(0, 5);
  const names = first.slice(0, 3).map(([, name]) => name);
  const more = people.size - names.length;
  return html`
    <div class="cluster">
      <div class="avatars">${first.map(([person, name]) => avatar(name, person))}</div>
      <p>
        ${more > 0
          ? t("%(names)s et %(n)s autres sont là", { names: names.join(", "), n: more })
          : people.size > 1
            ? t("%(names)s sont là", { names: names.join(", ") })
            : t("%(names)s est là", { names: names.join(", ") })}
      </p>
    </div>
  `;
}

function problemsView(element: CallElement): TemplateResult {
  const problems = [...Object.values(element.own.problems), ...(element.media.trouble ? [element.media.trouble] : [])];
  return html`<div class="stack stack-tight" role="status">
    ${problems.map((problem) => html`<p class="notice warning">${icon("triangle-alert")}<span>${problem}</span></p>`)}
  </div>`;
}

/** Why the person is back here. */
function endedView(element: CallElement): TemplateResult | typeof nothing {
  const { state, endedBy, endedDetail } = element.media;
  if (state !== "ended") return nothing;
  const reasons: Record<string, string> = {
    removed: t("Une personne qui modère vous a fait sortir de l’appel."),
    ended: t("L’appel est terminé pour vous."),
  };
  return html`<p class="notice warning" role="alert">${icon("info")}<span>${reasons[endedBy] ?? (endedDetail || t("L’appel s’est arrêté."))}</span></p>`;
}
