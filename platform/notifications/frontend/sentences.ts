/** What a notification says, in the reader's language. The same sentences as `notifications/sentences.py`. */
import type { IconName } from "@collab/icon";
import { t } from "@collab/text";
import type { Notice } from "./inbox_data";

const ICONS: Record<string, IconName> = {
  group_joined: "user-plus",
  event_in_group: "calendar-plus",
  event_near: "map-pin",
  mentioned: "at-sign",
  assembly_opened: "megaphone",
  vote_opened: "vote",
};

export const iconOf = (notice: Notice): IconName => ICONS[notice.kind] ?? "bell";

/** "mardi 24 novembre, 18:30", in the movement's own time. */
function moment(iso: string | undefined): string {
  const when = new Date(iso ?? "");
  if (Number.isNaN(when.getTime())) return "";
  const options = { timeZone: "Europe/Paris" } as const;
  const language = document.documentElement.lang || "fr";
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", ...options });
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...options });
  return `${day.format(when)}, ${time.format(when)}`;
}

export function sentence(notice: Notice): string {
  const words = wordsOf(notice);
  // A fact is missing: an older server, or a newer one.
  return words.includes("%(") ? t("Du nouveau pour vous") : words;
}

function wordsOf({ kind, facts }: Notice): string {
  switch (kind) {
    case "group_joined":
      return t("%(who)s rejoint « %(group)s »", facts);
    case "event_in_group":
      return t("Nouvel événement de « %(group)s » : %(event)s, %(when)s", { ...facts, when: moment(facts["starts_at"]) });
    case "event_near":
      return t("Près de chez vous : %(event)s à %(commune)s, %(when)s", { ...facts, when: moment(facts["starts_at"]) });
    case "mentioned":
      return t("%(who)s vous mentionne dans « %(document)s »", facts);
    case "assembly_opened":
      return t("L’assemblée « %(assembly)s » est ouverte", facts);
    case "vote_opened":
      return t("Un vote est ouvert : %(question)s", facts);
    default:
      return t("Du nouveau pour vous");
  }
}
