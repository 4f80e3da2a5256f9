import { avatar } from "@collab/avatar";
import { icon } from "@collab/icon";
import { t } from "@collab/text";
import { html, nothing, type TemplateResult } from "lit";
import type { DirectiveResult } from "lit/directive.js";
import { live } from "lit/directives/live.js";

import type { CallElement } from "../call_element";
import type { Tile } from "../call_data";

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** For `.srcObject`: set once, for Lit sets objects at every rendering and each time the element starts anew. */
export function playing(track: MediaStreamTrack): DirectiveResult {
  let stream = streams.get(track);
  if (!stream) streams.set(track, (stream = new MediaStream([track])));
  return live(stream);
}

export function tileView(element: CallElement, tile: Tile): TemplateResult {
  const { participant, kind, isOwn } = tile;
  const track = element.pictureOf(tile);
  const speaks = kind === "camera" && participant.mic && element.isSpeaking(participant.session);
  const pinned = element.pinned === tile.key;
  const name = nameOf(tile);
  return html`
    <article
      class="call-tile ${kind}"
      data-key=${tile.key}
      data-session=${participant.session}
      data-person=${participant.person}
      data-kind=${kind}
      ?data-own=${isOwn}
      ?data-speaking=${speaks}
      ?data-muted=${!participant.mic}
      aria-label=${name}
    >
      <div class="call-face">${avatar(participant.name, participant.person, "large")}</div>
      ${track
        ? html`<video
            class=${isOwn && kind === "camera" ? "mirror" : ""}
            data-session=${participant.session}
            data-person=${participant.person}
            .srcObject=${playing(track)}
            .muted=${true}
            autoplay
            playsinline
          ></video>`
        : nothing}
      <p class="call-name">
        ${kind === "camera" && !participant.mic ? icon("mic-off", t("Micro coupé")) : nothing}
        ${speaks ? icon("volume-2", t("Parle")) : nothing}
        ${kind === "screen" ? icon("monitor-up") : nothing}
        <span>${name}</span>
      </p>
      <button
        type="button"
        class="call-pin"
        aria-pressed=${pinned ? "true" : "false"}
        aria-label=${t("Épingler %(name)s", { name })}
        title=${pinned ? t("Ne plus épingler") : t("Épingler")}
        @click=${() => element.pin(tile.key)}
      >
        ${icon("pin")}
      </button>
    </article>
  `;
}

function nameOf({ participant, kind, isOwn }: Tile): string {
  if (kind === "screen") return isOwn ? t("Votre écran") : t("Écran de %(name)s", { name: participant.name });
  return isOwn ? t("%(name)s (vous)", { name: participant.name }) : participant.name;
}
