/** What the parts of a room's page share: they draw into the page itself, from one RoomLive, after each change. */
import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import { toast } from "@collab/toast";
import { type RoomLive, sentence } from "./room_live";

export class RoomElement extends LitElement {
  @property({ attribute: false }) room!: RoomLive;
  private unwatch: (() => void) | undefined;

  /** What the server put inside says the same; it makes place. */
  override createRenderRoot(): this {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.room?.onChange(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    this.unwatch?.();
    super.disconnectedCallback();
  }

  /** Ask the server; a refusal is shown in its own words. */
  protected ask(answer: Promise<unknown>): void {
    answer.catch((error: unknown) => toast(sentence(error), { kind: "danger" }));
  }
}

/** Put a part where the template left its place: `<div data-room-part="room-chat">…</div>`. */
export function fill(place: Element, room: RoomLive): void {
  const part = document.createElement(place.getAttribute("data-room-part")!) as RoomElement;
  part.room = room;
  part.className = place.className;
  place.replaceWith(part);
}
