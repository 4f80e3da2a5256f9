/**
 * The bell in the header: how many notifications are unread, and the latest ones, the same in every tab and device.
 * <collab-bell><a href="/notifications/">…</a></collab-bell>; the link is all there is before the script.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { icon } from "@collab/icon";
import { live } from "@collab/socket";
import type { Link } from "@collab/socket_link";
import { t } from "@collab/text";
import { Inbox, type Notice } from "./inbox_data";
import { iconOf, sentence } from "./sentences";
import "@collab/relative_time";
import "./style/bell.css";
import "./text_en";

const MOST_SHOWN = 99;
/** What comes together is said together. */
const SAY_AFTER_MS = 1500;
const PHONE = "(max-width: 47.99rem)";

export class Bell extends LitElement {
  /** Tests bring their own link. */
  link: Pick<Link, "follow" | "send"> = live;
  private readonly inbox = new Inbox();
  private open = false;
  private said = "";
  private waiting: Notice[] = [];
  private sayTimer: ReturnType<typeof setTimeout> | undefined;
  private unfollow: (() => void) | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    if (!this.hasUpdated) this.replaceChildren();
    super.connectedCallback();
    const person = document.body.dataset["person"];
    if (!person) return;
    this.unfollow = this.link.follow(`inbox:${person}`, {
      picture: (data) => (this.inbox.picture(data), this.requestUpdate()),
      message: (type, data) => {
        const added = this.inbox.message(type, data);
        if (added) this.say(added);
        this.requestUpdate();
      },
    });
    document.addEventListener("pointerdown", this.closeFromOutside);
    document.addEventListener("focusin", this.closeFromOutside);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unfollow?.();
    clearTimeout(this.sayTimer);
    document.removeEventListener("pointerdown", this.closeFromOutside);
    document.removeEventListener("focusin", this.closeFromOutside);
  }

  protected override render(): TemplateResult {
    const unread = this.inbox.unread;
    const label = unread === 0 ? t("Notifications") : t("Notifications, %(n)s non lues", { n: unread });
    return html`
      <button
        type="button"
        class="button quiet icon-only bell-button"
        aria-label=${label}
        aria-haspopup="dialog"
        aria-expanded=${this.open ? "true" : "false"}
        @click=${() => (this.open ? this.closePanel() : this.openPanel())}
      >
        ${icon("bell")}
        ${unread > 0 ? html`<span class="bell-count">${unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}</span>` : nothing}
      </button>
      <span class="visually-hidden" role="status">${this.said}</span>
      <dialog class="bell-panel" aria-labelledby="bell-title" @close=${() => this.closed()} @keydown=${this.onKey}>
        ${this.open ? this.panel() : nothing}
      </dialog>
    `;
  }

  private panel(): TemplateResult {
    const { latest, unread } = this.inbox;
    return html`
      <div class="bell-head">
        <h2 id="bell-title" tabindex="-1">${t("Notifications")}</h2>
        <button type="button" class="button quiet small" ?disabled=${unread === 0} @click=${() => this.readAll()}>
          ${icon("check-check")} ${t("Tout marquer lu")}
        </button>
        <button type="button" class="button quiet small icon-only bell-close" @click=${() => this.closePanel()}>
          ${icon("x", t("Fermer"))}
        </button>
      </div>
      ${latest.length > 0
        ? html`<ul class="bell-list">
            ${latest.map((notice) => this.item(notice))}
          </ul>`
        : html`<div class="bell-empty">
            ${icon("bell")}
            <p>${t("Rien pour l’instant. Rejoignez un groupe, et ses nouvelles arriveront ici.")}</p>
          </div>`}
      <a class="bell-all" href="/notifications/">${t("Toutes les notifications")}</a>
    `;
  }

  private item(notice: Notice): TemplateResult {
    return html`<li class="bell-item" ?data-unread=${!notice.read}>
      <a href="/notifications/${notice.id}/">
        <span class="notice-icon" data-kind=${notice.kind}>${icon(iconOf(notice))}</span>
        <span class="bell-words">
          <span>${notice.read ? nothing : html`<span class="visually-hidden">${t("Non lue :")} </span>`}${sentence(notice)}</span>
          <span class="meta"><relative-time datetime=${notice.at}></relative-time></span>
        </span>
      </a>
      ${notice.read
        ? nothing
        : html`<button type="button" class="button quiet small icon-only" @click=${() => this.readOne(notice)}>
            ${icon("check", t("Marquer comme lue : %(sentence)s", { sentence: sentence(notice) }))}
          </button>`}
    </li>`;
  }

  private get dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  /** At once, not at the next frame: a second key press must find it open. */
  private openPanel(): void {
    this.open = true;
    this.requestUpdate();
    this.performUpdate();
    // On a phone it covers the page; elsewhere the page stays at hand.
    if (window.matchMedia(PHONE).matches) this.dialog?.showModal();
    else this.dialog?.show();
    this.querySelector<HTMLElement>("#bell-title")?.focus();
  }

  private closePanel(): void {
    this.dialog?.close();
    this.closed();
    this.querySelector<HTMLElement>(".bell-button")?.focus();
  }

  /** The dialog's own event comes late: it may be open again by then. */
  private closed(): void {
    this.open = this.dialog?.open ?? false;
    this.requestUpdate();
  }

  private readonly onKey = (key: KeyboardEvent): void => {
    if (key.key !== "Escape") return;
    key.preventDefault();
    this.closePanel();
  };

  /** The focus stays where the person put it. */
  private readonly closeFromOutside = (event: Event): void => {
    if (this.open && event.target instanceof Node && !this.contains(event.target)) this.dialog?.close();
  };

  private readAll(): void {
    this.mark({ up_to: this.inbox.lastNumber });
    this.querySelector<HTMLElement>("#bell-title")?.focus();
  }

  private readOne(notice: Notice): void {
    this.mark({ ids: [notice.id] });
    this.querySelector<HTMLElement>(`a[href="/notifications/${notice.id}/"]`)?.focus();
  }

  /** The server tells every tab, this one too; a refusal leaves the list as it is. */
  private mark(which: { up_to: number } | { ids: string[] }): void {
    this.link.send("inbox.read", which).catch(() => undefined);
  }

  /** Spoken by screen readers: the sentence of one, the number of many. */
  private say(notice: Notice): void {
    this.waiting.push(notice);
    this.sayTimer ??= setTimeout(() => {
      const [first] = this.waiting;
      const many = this.waiting.length;
      this.said = many === 1 && first ? sentence(first) : t("%(n)s nouvelles notifications", { n: many });
      this.waiting = [];
      this.sayTimer = undefined;
      this.requestUpdate();
    }, SAY_AFTER_MS);
  }
}

customElements.define("collab-bell", Bell);
