/** `<room-floor>`: who speaks, and the hand one raises. Always in sight. `<room-hands>`: the whole queue. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { avatar } from "@collab/avatar";
import { icon } from "@collab/icon";
import { t } from "@collab/text";
import { duration, eachSecond, secondsSince } from "./clock";
import { type Floor, type Hand, placeOf } from "./room_data";
import { RoomElement } from "./room_element";

class Ticking extends RoomElement {
  private stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = eachSecond(() => {
      if (this.room.picture.floor) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    this.stop?.();
    super.disconnectedCallback();
  }

  protected timer(floor: Floor): TemplateResult {
    return html`<span class="floor-time" role="timer" aria-live="off">${duration(secondsSince(floor.since))}</span>`;
  }

  protected endButton(floor: Floor): TemplateResult | typeof nothing {
    const mine = floor.person === this.room.me.id;
    if (!mine && !this.room.isHost) return nothing;
    return html`<button type="button" class="button small" @click=${() => this.ask(this.room.endFloor())}>
      ${icon("mic-off")} ${mine ? t("J’ai fini") : t("Reprendre la parole")}
    </button>`;
  }
}

@customElement("room-floor")
export class RoomFloor extends Ticking {
  override render(): TemplateResult | typeof nothing {
    if (!this.room.isOpen) return nothing;
    const { floor, hands } = this.room.picture;
    return html`
      <div class="floor-who">${floor ? this.speaker(floor) : this.nobody(hands)}</div>
      <div class="floor-act">
        ${this.nextButton(hands)} ${this.handButton(hands)}
      </div>
    `;
  }

  private speaker(floor: Floor): TemplateResult {
    const mine = floor.person === this.room.me.id;
    return html`
      ${avatar(floor.name, floor.person)}
      <p><span class="meta">${t("À la parole")}</span><b>${mine ? t("Vous") : floor.name}</b></p>
      ${this.timer(floor)} ${!mine && this.room.isHost ? this.takeBackButton() : nothing}
    `;
  }

  private takeBackButton(): TemplateResult {
    return html`<button type="button" class="button icon-only" @click=${() => this.ask(this.room.endFloor())}>
      ${icon("mic-off", t("Reprendre la parole"))}
    </button>`;
  }

  private doneButton(): TemplateResult {
    return html`<button type="button" class="button primary" @click=${() => this.ask(this.room.endFloor())}>
      ${icon("check")} ${t("J’ai fini")}
    </button>`;
  }

  private nobody(hands: Hand[]): TemplateResult {
    if (hands.length === 0) return html`<p class="meta">${t("La parole est libre.")}</p>`;
    const [first, ...others] = hands;
    return html`
      ${avatar(first!.name, first!.person)}
      <p>
        <span class="meta">${t("Demande la parole")}</span>
        <b>${first!.name}</b>${others.length ? html` <span class="meta">${t("et %(n)s de plus", { n: others.length })}</span>` : nothing}
      </p>
    `;
  }

  private nextButton(hands: Hand[]): TemplateResult | typeof nothing {
    const next = hands[0];
    if (!this.room.isHost || !next) return nothing;
    return html`<button type="button" class="button" @click=${() => this.ask(this.room.giveFloor(next.person))}>
      ${icon("mic")} <span>${t("Parole à %(name)s", { name: next.name })}</span>
    </button>`;
  }

  private handButton(hands: Hand[]): TemplateResult {
    if (this.room.picture.floor?.person === this.room.me.id) return this.doneButton();
    const place = placeOf(this.room.picture, this.room.me.id);
    const act = place ? () => this.room.lower() : this.room.raise;
    return html`<button
      type="button"
      class="button ${place ? "" : "primary"} hand-button"
      aria-pressed=${place > 0}
      @click=${() => this.ask(act())}
    >
      ${icon("hand")} <span>${place ? t("Baisser la main") : t("Lever la main")}</span>
      ${place ? html`<span class="hand-place">${placeWords(place, hands.length)}</span>` : nothing}
    </button>`;
  }
}

@customElement("room-hands")
export class RoomHands extends Ticking {
  override render(): TemplateResult {
    const { floor, hands } = this.room.picture;
    return html`
      <h2 class="visually-hidden">${t("Tour de parole")}</h2>
      ${floor
        ? html`<div class="floor-card">
            ${avatar(floor.name, floor.person, "large")}
            <p><span class="meta">${t("À la parole")}</span><b>${floor.name}</b></p>
            ${this.timer(floor)} ${this.endButton(floor)}
          </div>`
        : nothing}
      ${hands.length === 0
        ? html`<div class="empty">
            ${icon("hand")}
            <h3>${t("Aucune main levée")}</h3>
            <p>${t("Les mains s’affichent ici dans l’ordre où elles se lèvent, le même pour tout le monde.")}</p>
          </div>`
        : html`<ol class="list hands">
            ${repeat(hands, (hand) => hand.person, (hand, at) => this.hand(hand, at))}
          </ol>`}
    `;
  }

  private hand(hand: Hand, at: number): TemplateResult {
    const mine = hand.person === this.room.me.id;
    return html`<li class="row ${mine ? "mine" : ""}">
      <span class="hands-place">${at + 1}</span>
      ${avatar(hand.name, hand.person, "small")}
      <span class="row-main">${hand.name}${mine ? html` <span class="badge accent">${t("vous")}</span>` : nothing}</span>
      ${this.room.isHost
        ? html`<button type="button" class="button small" @click=${() => this.ask(this.room.giveFloor(hand.person))}>
            ${icon("mic")} <span class="button-word">${t("Parole")}</span>
            <span class="visually-hidden">${t("à %(name)s", { name: hand.name })}</span>
          </button>`
        : nothing}
      ${this.room.isHost || mine
        ? html`<button
            type="button"
            class="button quiet icon-only small"
            @click=${() => this.ask(this.room.lower(hand.person))}
          >
            ${icon("x", t("Baisser la main de %(name)s", { name: hand.name }))}
          </button>`
        : nothing}
    </li>`;
  }
}

function placeWords(place: number, count: number): string {
  if (count === 1) return t("vous êtes seul·e");
  return place === 1 ? t("1re place") : t("%(n)se place", { n: place });
}
