/** `<room-vote>`: the votes that are open, with three big buttons each. Above everything while they are. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "@collab/icon";
import { t } from "@collab/text";
import { CHOICES, type Choice, type Poll } from "./assembly_data";
import { RoomElement } from "./room_element";
import type { OwnVote } from "./room_live";
import { closePoll } from "./close_poll";
import { choiceWord, tallyBars } from "./tally_bars";

const ICONS = { yes: "thumbs-up", no: "thumbs-down", abstain: "circle" } as const;

@customElement("room-vote")
export class RoomVote extends RoomElement {
  override render(): TemplateResult {
    return html`${repeat(this.room.openPolls, (poll) => poll.id, (poll) => this.ballot(poll))}`;
  }

  private ballot(poll: Poll): TemplateResult {
    const vote = this.room.voteIn(poll);
    return html`<section class="ballot" aria-labelledby="ballot-${poll.id}">
      <div class="ballot-question">
        <span class="badge live">${t("Vote ouvert")}</span>
        <h2 id="ballot-${poll.id}">${poll.question}</h2>
      </div>
      ${vote.onTheRoll
        ? html`<div class="ballot-choices" role="group" aria-label=${t("Votre vote")}>
              ${CHOICES.map((choice) => this.choice(poll, vote, choice))}
            </div>
            <p class="ballot-state" role="status">${this.words(vote)}</p>`
        : html`<p class="ballot-state meta">${t("Vous suivez ce vote sans y prendre part : la liste des votant·es est celle des membres à l’ouverture.")}</p>`}
      <div class="ballot-count">${tallyBars(poll)}</div>
      ${this.room.isHost
        ? html`<button type="button" class="button small ballot-close" @click=${() => this.ask(closePoll(this.room, poll))}>
            ${icon("circle-stop")} ${t("Clore le vote")}
          </button>`
        : nothing}
    </section>`;
  }

  private choice(poll: Poll, vote: OwnVote, choice: Choice): TemplateResult {
    const chosen = (vote.sending ?? vote.choice) === choice;
    return html`<button
      type="button"
      class="button ballot-choice ballot-${choice}"
      aria-pressed=${chosen}
      ?disabled=${vote.sending !== null}
      @click=${() => this.room.castVote(poll, choice)}
    >
      ${icon(chosen && !vote.sending ? "check" : ICONS[choice])} ${choiceWord(choice)}
    </button>`;
  }

  private words(vote: OwnVote): TemplateResult | string {
    if (vote.refusal) return html`<span class="refusal">${icon("circle-alert")} ${vote.refusal}</span>`;
    if (vote.sending) return t("Envoi de votre vote…");
    if (!vote.choice) return t("Vote nominatif : chacun·e verra qui a voté quoi après la clôture.");
    return html`${icon("circle-check")} ${t("Votre vote est compté : %(choice)s.", { choice: choiceWord(vote.choice) })}
      <span class="meta">${t("Vous pouvez en changer jusqu’à la clôture.")}</span>`;
  }
}
