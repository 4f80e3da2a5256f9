import { icon, type IconName } from "@collab/icon";
import { t } from "@collab/text";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { CallElement } from "../call_element";
import type { Quality } from "../quality";
import { playing, tileView } from "./tile";

/** Everybody's tiles on the dark stage. Their sizes are custom properties, set by the element. */
export function stageView(element: CallElement): TemplateResult {
  const { main, tiles, unseen } = element.shown;
  return html`
    <div class="call-stage" data-layout=${main ? "main" : "grid"}>
      ${main ? html`<div class="call-main">${tileView(element, main)}</div>` : nothing}
      <div class="call-tiles">
        ${repeat(
          tiles,
          (tile) => tile.key,
          (tile) => tileView(element, tile),
        )}
        ${unseen > 0
          ? html`<button type="button" class="call-tile call-more" @click=${() => element.openPeople()}>
              <span>+${unseen}</span><span class="visually-hidden">${t("autres personnes")}</span>
            </button>`
          : nothing}
      </div>
      ${statusView(element)}
    </div>
    <div class="call-sounds" hidden>
      ${element.sounds.map((track) => html`<audio .srcObject=${playing(track)} autoplay></audio>`)}
    </div>
  `;
}

function statusView(element: CallElement): TemplateResult {
  const alone = element.media.data.participants.length < 2 && element.media.state === "in";
  return html`
    <div class="call-status">
      ${element.media.state === "rejoining" || element.isOffline
        ? html`<p class="call-chip" data-warning>${icon("loader-circle")} ${t("Reconnexion…")}</p>`
        : nothing}
      ${element.audioOnly ? html`<p class="call-chip">${icon("headphones")} ${t("Son seulement")}</p>` : nothing}
      ${qualityView(element.media.figures.quality)}
      ${alone ? html`<p class="call-chip">${t("Vous êtes seul·e pour l’instant")}</p>` : nothing}
      ${element.banner ? html`<p class="call-chip">${element.banner}</p>` : nothing}
    </div>
  `;
}

function qualityView(quality: Quality): TemplateResult | typeof nothing {
  const signs: Record<Quality, [IconName, string] | null> = {
    unknown: null,
    good: null,
    fair: ["signal-low", t("Connexion moyenne")],
    poor: ["signal-zero", t("Connexion mauvaise")],
  };
  const sign = signs[quality];
  return sign ? html`<p class="call-chip" data-warning>${icon(sign[0])} ${sign[1]}</p>` : nothing;
}
