/** A host ends a vote, knowingly: from the banner or from the assembly's panel. */
import { confirmSheet } from "@collab/sheet";
import { t } from "@collab/text";
import type { Poll } from "./assembly_data";
import type { RoomLive } from "./room_live";

export async function closePoll(room: RoomLive, poll: Poll): Promise<void> {
  const yes = await confirmSheet({
    title: t("Clore ce vote ?"),
    text: t("Le résultat sera définitif, et les votes de chacun·e visibles."),
    confirm: t("Clore le vote"),
    danger: true,
  });
  if (yes) await room.tellPoll("poll.close", poll);
}
