/** `<room-chat>`: the messages and the field to write one. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { avatar } from "@collab/avatar";
import { icon } from "@collab/icon";
import { confirmSheet } from "@collab/sheet";
import { t } from "@collab/text";
import { toast } from "@collab/toast";
import { type Block, type Pending, blocks, unread } from "./chat_data";
import { parts } from "./links";
import type { Line } from "./room_data";
import { RoomElement } from "./room_element";
import { sentence } from "./room_live";

const LONGEST = 2000;
const NEARLY_LONGEST = 1800;
// So near the end one reads along, and new messages move the page.
const NEAR_PX = 60;

@customElement("room-chat")
export class RoomChat extends RoomElement {
  @state() private atEnd = true;
  @state() private loading = false;
  @state() private length = 0;
  @query(".chat-lines") private list!: HTMLElement;
  @query("textarea") private field!: HTMLTextAreaElement;
  /** Where the mark "new" stands: the last line read when one looked away. */
  private newAfter: number | null = null;
  private heightBefore: number | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.looked);
    this.addEventListener("room-shown", this.shown);
  }

  override disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.looked);
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const { chat, isOpen, me } = this.room;
    const waiting = unread(chat, me.id);
    return html`
      <div class="chat-lines" tabindex="0" role="log" aria-label=${t("Messages")} aria-live="off" @scroll=${this.scrolled}>
        ${chat.earlier
          ? html`<button type="button" class="button small quiet chat-earlier" ?disabled=${this.loading} @click=${this.loadEarlier}>
              ${icon("history")} ${t("Messages plus anciens")}
            </button>`
          : nothing}
        ${chat.lines.length + chat.pending.length === 0 ? this.empty() : nothing}
        ${repeat(blocks(chat.lines, this.newAfter), (block) => block.lines[0]!.id, (block) => this.block(block))}
        ${chat.pending.length ? html`<div class="chat-block mine">${chat.pending.map((one) => this.pending(one))}</div>` : nothing}
      </div>
      ${!this.atEnd
        ? html`<button type="button" class="button small primary chat-down" @click=${this.toEnd}>
            ${icon("arrow-down")}
            ${waiting === 0 ? t("Aller à la fin") : waiting === 1 ? t("1 nouveau message") : t("%(n)s nouveaux messages", { n: waiting })}
          </button>`
        : nothing}
      ${isOpen ? this.form() : html`<p class="chat-closed meta">${icon("lock")} ${t("La salle est fermée : on peut relire, plus écrire.")}</p>`}
    `;
  }

  private empty(): TemplateResult {
    return html`<div class="empty">
      ${icon("message-circle")}
      <h3>${t("Pas encore de message")}</h3>
      <p>${t("Un lien, une question, une précision : tout le monde dans la salle lit ici.")}</p>
    </div>`;
  }

  private block(block: Block): TemplateResult {
    const mine = block.author === this.room.me.id;
    const name = block.name || t("Ancien compte");
    return html`
      ${block.day ? html`<p class="chat-day"><span>${dayWords(block.day)}</span></p>` : nothing}
      ${block.isFirstNew ? html`<p class="chat-new"><span>${t("Nouveaux messages")}</span></p>` : nothing}
      <article class="chat-block ${mine ? "mine" : ""}" aria-label=${name}>
        ${mine ? nothing : avatar(name, block.author ?? "0", "small")}
        <div class="chat-words">
          <header>
            <b>${mine ? t("Vous") : name}</b>
            <time class="meta" datetime=${block.at.toISOString()}>${hour(block.at)}</time>
          </header>
          ${repeat(block.lines, (line) => line.id, (line) => this.line(line))}
        </div>
      </article>
    `;
  }

  private line(line: Line): TemplateResult {
    if (line.text === null) return html`<p class="chat-line gone">${t("Message retiré")}</p>`;
    const removable = line.author === this.room.me.id || this.room.isHost;
    return html`<div class="chat-line">
      <p>${linked(line.text)}</p>
      ${removable
        ? html`<button type="button" class="button quiet icon-only small" @click=${() => this.removeLine(line)}>
            ${icon("trash-2", t("Retirer ce message"))}
          </button>`
        : nothing}
    </div>`;
  }

  private pending(one: Pending): TemplateResult {
    if (one.refusal === undefined) {
      const words = this.room.connection === "live" ? t("Envoi…") : t("Partira au retour de la connexion");
      return html`<div class="chat-line waiting"><p>${linked(one.text)}</p><span class="meta">${icon("clock")} ${words}</span></div>`;
    }
    return html`<div class="chat-line refused">
      <p>${linked(one.text)}</p>
      <span class="meta">${icon("circle-alert")} ${one.refusal}</span>
      <div class="cluster">
        <button type="button" class="button small" @click=${() => this.room.sayAgain(one)}>${t("Renvoyer")}</button>
        <button type="button" class="button small quiet" @click=${() => this.room.drop(one)}>${t("Effacer")}</button>
      </div>
    </div>`;
  }

  private form(): TemplateResult {
    return html`<form class="chat-form" @submit=${this.send}>
      <label class="visually-hidden" for="chat-field">${t("Votre message")}</label>
      <textarea
        id="chat-field"
        class="input"
        rows="1"
        maxlength=${LONGEST}
        placeholder=${t("Écrire à la salle")}
        @input=${this.typed}
        @keydown=${this.key}
      ></textarea>
      <button type="submit" class="button primary icon-only" ?disabled=${this.length === 0}>${icon("send", t("Envoyer"))}</button>
      ${this.length > NEARLY_LONGEST
        ? html`<p class="meta" role="status">${t("Encore %(n)s caractères", { n: LONGEST - this.length })}</p>`
        : nothing}
    </form>`;
  }

  override willUpdate(): void {
    if (this.isLooking()) this.room.look();
    else this.newAfter ??= this.room.chat.read;
  }

  override updated(): void {
    if (this.heightBefore !== null) {
      // Earlier lines came on top: what one was reading stays where it is.
      this.list.scrollTop += this.list.scrollHeight - this.heightBefore;
      this.heightBefore = null;
    } else if (this.atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  private isLooking(): boolean {
    return this.atEnd && document.visibilityState === "visible" && this.offsetParent !== null;
  }

  private readonly looked = (): void => {
    if (document.visibilityState === "hidden") this.newAfter = null;
    this.requestUpdate();
  };

  /** The tab was opened, or left: the panel tells. */
  private readonly shown = (event: Event): void => {
    if (!(event as CustomEvent<boolean>).detail) this.newAfter = null;
    this.requestUpdate();
  };

  private scrolled(): void {
    const left = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight;
    if (this.list.clientHeight > 0) this.atEnd = left < NEAR_PX;
  }

  private toEnd(): void {
    this.atEnd = true;
    this.list.scrollTo({ top: this.list.scrollHeight });
    this.field?.focus();
  }

  private async loadEarlier(): Promise<void> {
    this.loading = true;
    this.heightBefore = this.list.scrollHeight;
    try {
      await this.room.loadEarlier();
    } catch (error) {
      toast(sentence(error), { kind: "danger" });
    } finally {
      this.loading = false;
    }
  }

  private typed(): void {
    this.length = this.field.value.trim().length;
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 3, 160)}px`;
  }

  private key(event: KeyboardEvent): void {
    // On a touch keyboard Enter is the only way to a new line.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.send(event);
  }

  private send(event: Event): void {
    event.preventDefault();
    const text = this.field.value;
    if (!text.trim()) return;
    this.newAfter = null;
    this.atEnd = true;
    this.field.value = "";
    this.typed();
    this.field.focus();
    this.room.say(text);
  }

  private async removeLine(line: Line): Promise<void> {
    const mine = line.author === this.room.me.id;
    const yes = await confirmSheet({
      title: mine ? t("Retirer votre message ?") : t("Retirer ce message ?"),
      text: t("Il restera une trace qu’un message a été retiré."),
      confirm: t("Retirer"),
      danger: true,
    });
    if (yes) this.ask(this.room.remove(line));
  }
}

function linked(text: string): (TemplateResult | string)[] {
  return parts(text).map((part) =>
    part.href
      ? html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>`
      : part.text,
  );
}

const language = () => document.documentElement.lang || "fr";

function hour(at: Date): string {
  return new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit" }).format(at);
}

function dayWords(day: Date): string {
  const today = new Date();
  if (day.toDateString() === today.toDateString()) return t("Aujourd’hui");
  today.setDate(today.getDate() - 1);
  if (day.toDateString() === today.toDateString()) return t("Hier");
  return new Intl.DateTimeFormat(language(), { weekday: "long", day: "numeric", month: "long" }).format(day);
}
