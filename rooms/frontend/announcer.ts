/** Says aloud, to screen readers, what others see happen. One polite live region; bursts are joined. */
import { t } from "@collab/text";
import type { RoomLive } from "./room_live";
import { turnout } from "./tally_bars";

const JOIN_MS = 700;

export class Announcer {
  private waiting: string[] = [];
  private timer: number | undefined;

  constructor(
    private readonly region: HTMLElement,
    private readonly room: RoomLive,
  ) {
    room.onTold((type, data) => {
      // What was taken away is not left for a screen reader to find.
      if (type === "chat.removed") this.forget();
      const words = this.words(type, data);
      if (words) this.say(words);
    });
  }

  say(words: string): void {
    this.waiting.push(words);
    this.timer ??= window.setTimeout(() => {
      this.region.textContent = this.waiting.slice(-4).join(" ");
      this.waiting = [];
      this.timer = undefined;
    }, JOIN_MS);
  }

  private forget(): void {
    this.waiting = [];
    this.region.textContent = "";
  }

  private words(type: string, data: any): string {
    const me = this.room.me.id;
    const poll = () => this.room.assembly?.polls.find((one) => one.id === data.poll);
    switch (type) {
      case "hand.raised":
        return data.hand.person === me ? t("Votre main est levée.") : t("%(name)s lève la main.", { name: data.hand.name });
      case "floor.given":
        return data.floor.person === me ? t("Vous avez la parole.") : t("%(name)s a la parole.", { name: data.floor.name });
      case "chat.posted":
        return data.line.author === me ? "" : t("%(name)s : %(text)s", { name: data.line.name, text: data.line.text });
      case "assembly.opened":
        return t("L’assemblée est ouverte.");
      case "assembly.closed":
        return t("L’assemblée est close.");
      case "poll.opened":
        return t("Vote ouvert : %(question)s", { question: poll()?.question ?? "" });
      case "poll.closed": {
        const closed = poll();
        return closed ? t("Vote clos : %(question)s. %(turnout)s.", { question: closed.question, turnout: turnout(closed) }) : "";
      }
      case "agenda.moved": {
        const item = this.room.assembly?.items.find((one) => one.id === data.running);
        return item ? t("Point en cours : %(title)s", { title: item.title }) : "";
      }
      case "room.closed":
        return t("La salle est fermée.");
      default:
        return "";
    }
  }
}
