import { icon, type IconName } from "@collab/icon";
import { t } from "@collab/text";
import { html, nothing, type TemplateResult } from "lit";

import type { CallElement } from "../call_element";
import { canShareScreen } from "../devices";

interface Control {
  name: string;
  icon: IconName;
  label: string;
  /** The word under the icon, where there is room. */
  short: string;
  press(): unknown;
  isOff?: boolean;
  isOn?: boolean;
  danger?: boolean;
  key?: string;
  count?: number;
}

export function controlsView(element: CallElement): TemplateResult {
  const { media } = element;
  const speaks = media.publishes;
  return html`
    <div class="call-controls" role="group" aria-label=${t("Commandes de l’appel")}>
      ${speaks ? controlView(micControl(element)) : nothing} ${speaks ? controlView(cameraControl(element)) : nothing}
      ${speaks && canShareScreen() ? controlView(screenControl(element)) : nothing}
      ${controlView({
        name: "people",
        icon: "users",
        label: t("Personnes dans l’appel"),
        short: t("Personnes"),
        count: media.data.participants.length,
        press: () => element.openPeople(),
      })}
      ${moreView(element)}
      ${controlView({
        name: "leave",
        icon: "phone-off",
        label: t("Quitter l’appel"),
        short: t("Quitter"),
        danger: true,
        press: () => element.leave(),
      })}
    </div>
  `;
}

function micControl(element: CallElement): Control {
  const on = element.media.own.mic;
  return {
    name: "mic",
    icon: on ? "mic" : "mic-off",
    label: on ? t("Couper le micro") : t("Activer le micro"),
    short: t("Micro"),
    key: "M",
    isOff: !on,
    press: () => element.toggleMic(),
  };
}

function cameraControl(element: CallElement): Control {
  const on = element.media.own.camera;
  return {
    name: "camera",
    icon: on ? "video" : "video-off",
    label: on ? t("Éteindre la caméra") : t("Allumer la caméra"),
    short: t("Caméra"),
    key: "V",
    isOff: !on,
    press: () => element.toggleCamera(),
  };
}

function screenControl(element: CallElement): Control {
  const on = element.media.own.screen;
  return {
    name: "screen",
    icon: on ? "screen-share-off" : "screen-share",
    label: on ? t("Arrêter le partage d’écran") : t("Partager l’écran"),
    short: t("Écran"),
    isOn: on,
    press: () => element.toggleScreen(),
  };
}

export function controlView(control: Control): TemplateResult {
  const title = control.key ? `${control.label} (${control.key})` : control.label;
  return html`
    <button
      type="button"
      class="call-control"
      data-control=${control.name}
      ?data-off=${control.isOff ?? false}
      ?data-on=${control.isOn ?? false}
      ?data-danger=${control.danger ?? false}
      data-count=${control.count ?? nothing}
      aria-label=${control.count === undefined ? control.label : `${control.label} (${control.count})`}
      title=${title}
      @click=${() => control.press()}
    >
      ${icon(control.icon)}<span class="call-word">${control.short}</span>
    </button>
  `;
}

function moreView(element: CallElement): TemplateResult {
  const entry = (name: string, drawing: IconName, label: string, press: () => unknown, pressed?: boolean) => html`
    <button
      type="button"
      data-control=${name}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      @click=${(click: Event) => {
        (click.currentTarget as HTMLElement).closest("details")?.removeAttribute("open");
        void press();
      }}
    >
      ${icon(drawing)}<span>${label}</span>${pressed ? icon("check") : nothing}
    </button>
  `;
  const speakers = element.layout === "speaker";
  return html`
    <details class="menu call-menu">
      <summary class="call-control" aria-label=${t("Plus de réglages")} title=${t("Plus de réglages")}>
        ${icon("ellipsis")}<span class="call-word">${t("Plus")}</span>
      </summary>
      <div class="menu-panel">
        ${entry("layout", speakers ? "layout-grid" : "spotlight", speakers ? t("Tout le monde en mosaïque") : t("Qui parle en grand"), () =>
          element.toggleLayout(),
        )}
        ${entry("audio-only", "headphones", t("Son seulement, sans images"), () => element.toggleAudioOnly(), element.audioOnly)}
        ${entry("full-screen", element.isFullScreen ? "minimize-2" : "maximize-2", element.isFullScreen ? t("Quitter le plein écran") : t("Plein écran"), () =>
          element.toggleFullScreen(),
        )}
        ${entry("devices", "settings-2", t("Micro, caméra et haut-parleur"), () => element.openDevices())}
        ${entry("figures", "activity", t("Qualité de la connexion"), () => element.openFigures())}
        ${entry("help", "keyboard", t("Raccourcis clavier"), () => element.openHelp())}
      </div>
    </details>
  `;
}
