/**
 * `<collab-connection>`: says politely that the page is not live, and when it is again. A short hiccup says nothing.
 * It puts itself into the page of who is signed in.
 */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import "./style/connection.css";
import { icon } from "./icon";
import { live, type LiveState } from "./socket";
import type { Link } from "./socket_link";
import { t } from "./text";

const PATIENCE_MS = 1_000;
const GOOD_NEWS_MS = 3_000;

export class ConnectionElement extends LitElement {
  static override properties = { shown: { state: true } };

  link: Pick<Link, "state" | "onState"> = live;
  declare shown: LiveState | null;
  private stop: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.shown = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // The live region has to be there before its words.
    this.setAttribute("role", "status");
    this.stop = this.link.onState((state) => this.hear(state));
    this.hear(this.link.state);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    clearTimeout(this.timer);
  }

  private hear(state: LiveState): void {
    clearTimeout(this.timer);
    if (state !== "live") {
      const wait = this.shown === null || this.shown === "live" ? PATIENCE_MS : 0;
      this.timer = setTimeout(() => (this.shown = state), wait);
    } else if (this.shown !== null) {
      this.shown = "live";
      this.timer = setTimeout(() => (this.shown = null), GOOD_NEWS_MS);
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    switch (this.shown) {
      case null:
        return nothing;
      case "live":
        return this.say("wifi", t("Reconnecté"));
      case "offline":
        return this.say("wifi-off", t("Hors ligne"));
      case "signed-out":
        return html`${this.say("log-out", t("Vous êtes déconnecté·e."))}
          <button type="button" class="button small" @click=${() => location.reload()}>${t("Recharger")}</button>`;
      default:
        return this.say("refresh-cw", t("Reconnexion…"));
    }
  }

  private say(name: string, words: string): TemplateResult {
    this.dataset["state"] = this.shown ?? "";
    return html`<span class="connection-words">${icon(name)} ${words}</span>`;
  }
}

customElements.define("collab-connection", ConnectionElement);
if (document.body.dataset["person"]) document.body.append(document.createElement("collab-connection"));
