/** `<room-assembly>`: the agenda with its clock, and the votes. Hosts lead from here. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "@collab/icon";
import { confirmSheet } from "@collab/sheet";
import { t } from "@collab/text";
import { type AssemblyPicture, type Item, type Poll, running } from "./assembly_data";
import { duration, eachSecond, secondsSince } from "./clock";
import { closePoll } from "./close_poll";
import { RoomElement } from "./room_element";
import { choiceWord, tallyBars } from "./tally_bars";

@customElement("room-assembly")
export class RoomAssembly extends RoomElement {
  private stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = eachSecond(() => {
      if (this.room.assembly && running(this.room.assembly)) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    this.stop?.();
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const assembly = this.room.assembly;
    if (!assembly) return this.nothingYet();
    const leads = this.room.isHost && assembly.state !== "closed";
    return html`
      <header class="assembly-head">
        <div>
          <h2>${assembly.title}</h2>
          ${this.stateBadge(assembly)}
        </div>
        ${leads ? this.stateButton(assembly) : nothing}
      </header>
      ${leads ? this.titleForm(assembly) : nothing}
      <section aria-labelledby="agenda-title">
        <h3 id="agenda-title">${t("Ordre du jour")}</h3>
        ${this.agenda(assembly, leads)}
        ${leads ? this.agendaForm() : nothing}
      </section>
      <section aria-labelledby="votes-title">
        <h3 id="votes-title">${t("Votes")}</h3>
        ${this.polls(assembly, leads)}
        ${leads ? this.pollForm() : nothing}
      </section>
    `;
  }

  private nothingYet(): TemplateResult {
    return html`<div class="empty">
      ${icon("gavel")}
      <h3>${t("Pas d’assemblée dans cette salle")}</h3>
      <p>${t("Une assemblée donne un ordre du jour minuté et des votes nominatifs.")}</p>
      ${this.room.isHost
        ? html`<a class="button primary" href="/salles/${this.room.id}/assemblee/">${t("Préparer une assemblée")}</a>`
        : nothing}
    </div>`;
  }

  private stateBadge(assembly: AssemblyPicture): TemplateResult {
    switch (assembly.state) {
      case "open":
        return html`<span class="badge live">${t("Assemblée ouverte")}</span>`;
      case "closed":
        return html`<span class="badge">${t("Assemblée close")}</span>`;
      default:
        return html`<span class="badge warning">${t("En préparation")}</span>`;
    }
  }

  private stateButton(assembly: AssemblyPicture): TemplateResult {
    if (assembly.state === "draft") {
      return html`<button type="button" class="button primary" @click=${this.open}>
        ${icon("circle-play")} ${t("Ouvrir l’assemblée")}
      </button>`;
    }
    return html`<button type="button" class="button small" @click=${this.close}>${t("Clore l’assemblée")}</button>`;
  }

  private titleForm(assembly: AssemblyPicture): TemplateResult {
    return html`<details class="adder">
      <summary class="button small quiet">${icon("pencil")} ${t("Changer le titre")}</summary>
      <form class="stack stack-tight" @submit=${this.rename}>
        <div class="field">
          <label for="assembly-title">${t("Titre")}</label>
          <input id="assembly-title" name="title" maxlength="120" required autocomplete="off" .value=${assembly.title} />
        </div>
        <button type="submit" class="button">${t("Enregistrer")}</button>
      </form>
    </details>`;
  }

  private rename(event: SubmitEvent): void {
    const form = read(event);
    const title = String(form.data.get("title")).trim();
    if (title) this.ask(this.room.tell("assembly.rename", { title }).then(() => form.close()));
  }

  // --- agenda ---

  private agenda(assembly: AssemblyPicture, leads: boolean): TemplateResult {
    if (assembly.items.length === 0) return html`<p class="meta">${t("Aucun point pour l’instant.")}</p>`;
    return html`<ol class="agenda">
        ${repeat(assembly.items, (item) => item.id, (item) => this.item(item, leads))}
      </ol>
      ${leads && assembly.state === "open" ? this.nextButton(assembly) : nothing}`;
  }

  private item(item: Item, leads: boolean): TemplateResult {
    return html`<li class="agenda-item ${item.state}" aria-current=${item.state === "running" ? "step" : "false"}>
      <span class="agenda-mark">${icon(MARKS[item.state], STATES[item.state]())}</span>
      <span class="agenda-title">${item.title}</span>
      ${item.state === "running" ? this.itemClock(item) : item.minutes ? html`<span class="meta">${t("%(n)s min", { n: item.minutes })}</span>` : nothing}
      ${leads && item.state === "pending"
        ? html`<button
            type="button"
            class="button quiet icon-only small"
            @click=${() => this.ask(this.room.tell("agenda.remove", { item: item.id }))}
          >
            ${icon("x", t("Retirer « %(title)s »", { title: item.title }))}
          </button>`
        : nothing}
    </li>`;
  }

  private itemClock(item: Item): TemplateResult {
    const gone = secondsSince(item.started_at ?? "");
    const planned = item.minutes * 60;
    const late = planned > 0 && gone > planned;
    return html`<span class="agenda-clock ${late ? "late" : ""}" role="timer" aria-live="off">
        ${duration(gone)}${planned ? html` <span class="meta">/ ${duration(planned)}</span>` : nothing}
        ${late ? html`<span class="visually-hidden">${t("temps dépassé")}</span>` : nothing}
      </span>
      ${planned
        ? html`<progress class="agenda-progress ${late ? "late" : ""}" max=${planned} value=${Math.min(gone, planned)} aria-label=${t("Temps écoulé")}></progress>`
        : nothing}`;
  }

  private nextButton(assembly: AssemblyPicture): TemplateResult | typeof nothing {
    const now = running(assembly);
    const next = assembly.items.find((item) => item.state === "pending");
    if (!now && !next) return nothing;
    const words = next ? (now ? t("Point suivant") : t("Commencer l’ordre du jour")) : t("Terminer le dernier point");
    return html`<button
      type="button"
      class="button agenda-next"
      @click=${() => this.ask(this.room.tell("agenda.next", { after: now?.id ?? null }))}
    >
      ${icon("arrow-right")} ${words}
    </button>`;
  }

  private agendaForm(): TemplateResult {
    return html`<details class="adder">
      <summary class="button small quiet">${icon("plus")} ${t("Ajouter un point")}</summary>
      <form class="stack stack-tight" @submit=${this.addItem}>
        <div class="field">
          <label for="item-title">${t("Point")}</label>
          <input id="item-title" name="title" maxlength="120" required autocomplete="off" />
        </div>
        <div class="field field-short">
          <label for="item-minutes">${t("Minutes")}</label>
          <input id="item-minutes" name="minutes" type="number" min="0" max="480" inputmode="numeric" value="10" />
        </div>
        <button type="submit" class="button">${t("Ajouter")}</button>
      </form>
    </details>`;
  }

  private addItem(event: SubmitEvent): void {
    const form = read(event);
    const minutes = Number.parseInt(String(form.data.get("minutes")), 10);
    const title = String(form.data.get("title")).trim();
    if (!title) return;
    this.ask(this.room.tell("agenda.add", { title, minutes: Number.isNaN(minutes) ? 0 : minutes }).then(() => form.reset()));
  }

  // --- votes ---

  private polls(assembly: AssemblyPicture, leads: boolean): TemplateResult {
    if (assembly.polls.length === 0) return html`<p class="meta">${t("Aucun vote pour l’instant.")}</p>`;
    return html`<ul class="polls">
      ${repeat(assembly.polls, (poll) => poll.id, (poll) => this.poll(assembly, poll, leads))}
    </ul>`;
  }

  private poll(assembly: AssemblyPicture, poll: Poll, leads: boolean): TemplateResult {
    const vote = this.room.voteIn(poll);
    return html`<li class="poll ${poll.state}">
      <h4>${poll.question}</h4>
      ${poll.state === "draft" ? html`<span class="badge">${t("Vote prévu")}</span>` : tallyBars(poll)}
      ${poll.state !== "draft" && vote.choice
        ? html`<p class="meta">${icon("circle-check")} ${t("Votre vote : %(choice)s", { choice: choiceWord(vote.choice) })}</p>`
        : nothing}
      ${poll.state === "closed"
        ? html`<a href="/salles/votes/${poll.id}/">${t("Résultat complet")}<span class="visually-hidden"> – ${poll.question}</span></a>`
        : nothing}
      ${leads && poll.state === "draft" ? this.draftButtons(assembly, poll) : nothing}
      ${leads && poll.state === "open"
        ? html`<button type="button" class="button small" @click=${() => this.ask(closePoll(this.room, poll))}>
            ${icon("circle-stop")} ${t("Clore le vote")}
          </button>`
        : nothing}
    </li>`;
  }

  private draftButtons(assembly: AssemblyPicture, poll: Poll): TemplateResult {
    return html`<div class="cluster">
      <button
        type="button"
        class="button small primary"
        ?disabled=${assembly.state !== "open"}
        @click=${() => this.ask(this.room.tellPoll("poll.open", poll))}
      >
        ${icon("vote")} ${t("Ouvrir le vote")}
      </button>
      <button type="button" class="button small quiet" @click=${() => this.ask(this.room.tellPoll("poll.drop", poll))}>
        ${t("Retirer")}
      </button>
      ${assembly.state === "open" ? nothing : html`<span class="meta">${t("Ouvrez d’abord l’assemblée.")}</span>`}
    </div>`;
  }

  private pollForm(): TemplateResult {
    return html`<details class="adder">
      <summary class="button small quiet">${icon("plus")} ${t("Préparer un vote")}</summary>
      <form class="stack stack-tight" @submit=${this.addPoll}>
        <div class="field">
          <label for="poll-question">${t("Question")}</label>
          <textarea id="poll-question" name="question" maxlength="300" rows="2" required></textarea>
          <p class="help">${t("On y répond par Pour, Contre ou Abstention.")}</p>
        </div>
        <button type="submit" class="button">${t("Ajouter le vote")}</button>
      </form>
    </details>`;
  }

  private addPoll(event: SubmitEvent): void {
    const form = read(event);
    const question = String(form.data.get("question")).trim();
    if (question) this.ask(this.room.tell("poll.create", { question }).then(() => form.reset()));
  }

  private async open(): Promise<void> {
    const yes = await confirmSheet({
      title: t("Ouvrir l’assemblée ?"),
      text: t("Tous les membres du groupe reçoivent une notification."),
      confirm: t("Ouvrir"),
    });
    if (yes) this.ask(this.room.tell("assembly.open"));
  }

  private async close(): Promise<void> {
    const yes = await confirmSheet({
      title: t("Clore l’assemblée ?"),
      text: t("Elle ne pourra plus être rouverte. Les résultats restent."),
      confirm: t("Clore l’assemblée"),
      danger: true,
    });
    if (yes) this.ask(this.room.tell("assembly.close"));
  }
}

const MARKS = { pending: "circle", running: "circle-play", done: "circle-check" } as const;
const STATES = { pending: () => t("À venir"), running: () => t("En cours"), done: () => t("Traité") };

function read(event: SubmitEvent): { data: FormData; reset(): void; close(): void } {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  return { data: new FormData(form), reset: () => form.reset(), close: () => form.closest("details")?.removeAttribute("open") };
}
