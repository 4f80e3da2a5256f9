/** What the link's state is called. Never "saved" before the server said so. */
import type { IconName } from "@collab/icon";
import { t } from "@collab/text";
import "./text_en"; // before the words below are read
import type { DocumentSync, Ending } from "./sync";

export interface StateWords {
  /** Picks icon and colour. */
  tone: "good" | "busy" | "bad";
  icon: IconName;
  words: string;
}

/** All that may be shown, drawn from the start: without a network it would be too late to fetch one. */
export const STATE_ICONS: IconName[] = [
  "loader-circle", "check", "eye", "refresh-cw", "wifi-off", "triangle-alert", "circle-x",
];

const ENDED: Record<Ending, string> = {
  signed_out: t("Session fermée"),
  forbidden: t("Accès retiré"),
  too_large: t("Document trop long"),
  stopped: "",
};

export function stateWords({ state, ending }: DocumentSync, writes: boolean): StateWords {
  switch (state) {
    case "connecting":
      return { tone: "busy", icon: "loader-circle", words: t("Ouverture…") };
    case "saved":
      return writes
        ? { tone: "good", icon: "check", words: t("Enregistré") }
        : { tone: "good", icon: "eye", words: t("Lecture en direct") };
    case "sending":
      return { tone: "busy", icon: "refresh-cw", words: t("Envoi…") };
    case "reconnecting":
      return { tone: "bad", icon: "wifi-off", words: t("Reconnexion…") };
    case "offline":
      return { tone: "bad", icon: "wifi-off", words: t("Hors ligne") };
    case "unsaved":
      return { tone: "bad", icon: "triangle-alert", words: t("Non enregistré") };
    case "ended":
      return { tone: "bad", icon: "circle-x", words: ENDED[ending ?? "stopped"] };
  }
}

/** What the person must know or do, in a sentence; nothing while all is well or soon will be. */
export function advice({ state, ending, unsaved, writes }: DocumentSync): string {
  if (ending === "signed_out") {
    return unsaved
      ? t("Votre session est fermée. Connectez-vous dans un autre onglet puis reprenez ici : vos dernières modifications attendent dans cette page.")
      : t("Votre session est fermée. Connectez-vous de nouveau pour continuer.");
  }
  if (ending === "forbidden") {
    return unsaved
      ? t("Vous n’avez plus accès à ce document. Vos dernières modifications n’ont pas été enregistrées : copiez-les si vous y tenez.")
      : t("Vous n’avez plus accès à ce document.");
  }
  if (ending === "too_large") {
    return t("Ce document est trop long : vos dernières modifications ne sont pas enregistrées. Copiez-les dans un nouveau document.");
  }
  if (unsaved && (state === "offline" || state === "reconnecting")) {
    return t("Vous pouvez continuer à écrire : tout est gardé dans cette page et partira au retour du réseau. Ne la fermez pas.");
  }
  if (state === "unsaved" && !writes) {
    return t("Vous ne pouvez plus écrire dans ce document. Vos dernières modifications n’ont pas été enregistrées : copiez-les si vous y tenez.");
  }
  if (state === "unsaved") return t("Le serveur tarde à enregistrer. Gardez cette page ouverte.");
  return "";
}
