/**
 * A shared text: `<collab-editor document="<uuid>" right="editor|reader" person="<uuid>" name="Inès">`.
 *
 * What the server put inside stays visible until the live text is there. Works from 300 px of its own width.
 */
import { Editor } from "@tiptap/core";
import { LitElement, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { hue, initials } from "@collab/avatar";
import { type IconName, icon } from "@collab/icon";
import { live } from "@collab/socket";
import { t } from "@collab/text";
import "./text_en";
import "./style/editor.css";
import { TABLE, TOOLBAR } from "./actions";
import { DocumentApi } from "./document_api";
import { keepNamesInside } from "./carets";
import { type DocumentFacts, followDocument } from "./document_topic";
import { extensions } from "./extensions";
import { openHelpSheet } from "./help_sheet";
import { openLinkSheet } from "./link_sheet";
import { isSafeLink } from "./links";
import type { MentionSource } from "./mentions";
import { withMeaning } from "./pasted_html";
import { type Here, peopleHere } from "./people_here";
import { STATE_ICONS, advice, stateWords, type StateWords } from "./state_words";
import { DocumentSync } from "./sync";
import { Toolbar } from "./toolbar";
import { keepAboveKeyboard } from "./keyboard_inset";

type Right = "editor" | "reader";

// "Saved" is shown a little late rather than flickering at each letter; never early.
const CALM_MS = 500;
const FACES = 5;

@customElement("collab-editor")
export class EditorElement extends LitElement {
  @property() document = "";
  @property() right: Right = "reader";
  @property() person = "";
  @property() name = "";

  @state() private words: StateWords = { tone: "busy", icon: "loader-circle", words: t("Ouverture…") };
  @state() private here: Here[] = [];
  @state() private count = 0;
  @state() private link: string | null = null;
  @state() private inTable = false;

  /** Exposed for the page around: what is saved, and the text itself. */
  sync: DocumentSync | null = null;
  editor: Editor | null = null;

  private api: DocumentApi | null = null;
  private toolbar: Toolbar | null = null;
  private tableTools: Toolbar | null = null;
  private calm: ReturnType<typeof setTimeout> | undefined;
  private readonly untold = new Map<string, string>(); // mention node → person, not yet told
  private goodbyes: (() => void)[] = [];

  override createRenderRoot(): this {
    // Above what the server put inside, which stays until the live text is there.
    this.renderOptions.renderBefore = this.firstChild;
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.api = new DocumentApi(this.document);
    const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/documents/${this.document}/sync`;
    this.sync = new DocumentSync({ open: () => new WebSocket(address), online: () => navigator.onLine }, this.writes);
    this.goodbyes = [
      this.sync.onChange(() => this.changed()),
      listen(window, "online", () => this.sync?.wake()),
      listen(window, "offline", () => this.sync?.wake()),
      listen(window, "focus", () => this.sync?.wake()),
      listen(window, "pageshow", () => this.sync?.wake()),
      listen(window, "beforeunload", (event) => {
        if (this.sync?.unsaved) event.preventDefault();
      }),
      listen(this, "editor-link", () => this.editor && openLinkSheet(this.editor)),
      listen(this, "editor-toolbar", () => this.toolbar?.focus()),
      ...keepAboveKeyboard(this),
      // The page's other socket found the server again: no need to wait for our own turn.
      live.onState((state) => state === "live" && this.sync?.wake()),
      followDocument(this.document, (facts) => this.learn(facts)),
    ];
    this.sync.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const goodbye of this.goodbyes) goodbye();
    this.unmount();
    this.sync?.stop();
    this.sync = null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("right") && changed.get("right") !== undefined) {
      this.editor?.setEditable(this.writes);
      this.sync?.setWrites(this.writes);
    }
  }

  private get writes(): boolean {
    return this.right === "editor";
  }

  /** Renamed, or given another right: the page around hears it too. */
  private learn(facts: DocumentFacts): void {
    if (facts.right) this.right = facts.right;
    this.dispatchEvent(new CustomEvent<DocumentFacts>("document-facts", { detail: facts, bubbles: true }));
  }

  // --- the link's changes ---

  private changed(): void {
    const { sync } = this;
    if (!sync) return;
    if (sync.synced && this.mounted !== sync.doc) this.mount();
    if (sync.state === "saved") this.tellMentions();
    const words = stateWords(sync, this.writes);
    clearTimeout(this.calm);
    if (words.tone === "good" && this.words.tone !== "good") this.calm = setTimeout(() => (this.words = words), CALM_MS);
    else if (words.words !== this.words.words) this.words = words;
    this.editor?.setEditable(this.writes && sync.ending !== "forbidden");
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent("sync-state", { detail: sync.state, bubbles: true }));
  }

  private mounted: DocumentSync["doc"] | null = null;

  /** Put the text on the page; again when the link had to start over with a new Y.Doc. */
  private mount(): void {
    const { sync } = this;
    if (!sync) return;
    const hadFocus = this.editor?.isFocused ?? false;
    this.unmount();
    this.mounted = sync.doc;
    const surface = this.querySelector<HTMLElement>(".editor-surface");
    if (!surface) throw new Error("rendered before connected");
    this.editor = new Editor({
      element: surface,
      injectCSS: false,
      editable: this.writes,
      extensions: extensions(sync, { person: this.person, name: this.name }, this.mentionSource()),
      editorProps: {
        attributes: {
          class: "prose editor-text",
          "aria-label": t("Texte du document"),
          ...(this.writes ? { role: "textbox", "aria-multiline": "true" } : { role: "document", tabindex: "0" }),
          spellcheck: "true",
        },
        transformPastedHTML: withMeaning,
      },
      onTransaction: () => this.look(),
    });
    this.toolbar = new Toolbar(this.editor, t("Mise en forme"), TOOLBAR);
    this.tableTools = new Toolbar(this.editor, t("Tableau"), [TABLE]);
    const meet = () => (this.here = peopleHere(sync.awareness, this.person));
    sync.awareness.on("change", meet);
    meet();
    this.querySelector(":scope > .editor-first")?.remove();
    this.toggleAttribute("ready", true);
    this.look();
    if (hadFocus || (this.hasAttribute("autofocus") && this.writes && this.editor.isEmpty)) this.editor.commands.focus();
  }

  private unmount(): void {
    this.editor?.destroy();
    this.editor = this.toolbar = this.tableTools = this.mounted = null;
  }

  /** The text or the caret changed. */
  private look(): void {
    const { editor } = this;
    if (!editor) return;
    this.toolbar?.update();
    const { dom } = editor.view;
    requestAnimationFrame(() => keepNamesInside(dom));
    this.count = editor.storage.characterCount.words();
    this.inTable = this.writes && editor.isActive("table");
    const href = editor.isActive("link") ? (editor.getAttributes("link")["href"] as string) : null;
    this.link = isSafeLink(href) ? href : null;
  }

  // --- mentions ---

  private mentionSource(): MentionSource {
    return {
      search: async (query, signal) => {
        try {
          return (await this.api?.people(query, signal)) ?? [];
        } catch {
          return []; // offline: the menu says that it found nobody
        }
      },
      mentioned: (node, person) => void this.untold.set(node, person),
    };
  }

  /** Once the text with the mention is saved: then the notification leads to something. */
  private tellMentions(): void {
    for (const [node, person] of [...this.untold]) {
      this.untold.delete(node);
      this.api?.mention(node, person).catch((error: unknown) => {
        if (error instanceof TypeError) this.untold.set(node, person); // the network: again at the next save
      });
    }
  }

  // --- drawing ---

  override render() {
    return html`
      <div class="editor-top">
        <div class="editor-facts">
          ${this.renderState()} ${this.renderPeople()}
          <button type="button" class="button quiet small icon-only" title=${t("Aide du clavier")} aria-label=${t("Aide du clavier")}
            ?hidden=${!this.writes} @click=${openHelpSheet}>${drawn("keyboard")}</button>
        </div>
        ${this.writes ? html`<div class="editor-bar">${this.toolbar?.element ?? nothing}</div>` : nothing}
        ${this.inTable ? html`<div class="editor-bar editor-context">${this.tableTools?.element ?? nothing}</div>` : nothing}
        ${this.renderLink()} ${this.renderAdvice()}
      </div>
      <div class="editor-surface" ?hidden=${!this.mounted} @click=${this.clickedBelow}></div>
      <p class="editor-foot meta" ?hidden=${!this.mounted}>
        ${this.count === 1 ? t("1 mot") : t("%(n)s mots", { n: this.count.toLocaleString(document.documentElement.lang) })}
      </p>`;
  }

  private renderState() {
    const { tone, icon: name, words } = this.words;
    return html`<p class="editor-state" data-tone=${tone} data-state=${this.sync?.state ?? ""}>
      ${STATE_ICONS.map((each) => html`<span class="editor-state-icon" ?hidden=${each !== name}>${drawn(each)}</span>`)}
      <span>${words}</span>
      <span class="visually-hidden" role="status">${tone === "bad" ? words : ""}</span>
    </p>`;
  }

  private renderPeople() {
    const more = this.here.length - FACES;
    return html`<ul class="editor-people" aria-label=${t("Présent·es dans le document")}>
      ${this.here.slice(0, FACES).map((one) => html`<li>${this.renderFace(one)}</li>`)}
      ${more > 0 ? html`<li class="meta">+ ${more}</li>` : nothing}
    </ul>`;
  }

  private renderFace({ id, name, isMe, isWriting }: Here) {
    const title = isMe ? t("%(name)s (vous)", { name }) : name;
    const goThere = t("Aller au curseur de %(name)s", { name });
    return isWriting && !isMe
      ? html`<button type="button" class="avatar small" data-hue=${hue(id)} title=${goThere} @click=${() => this.goTo(id)}>
          <span aria-hidden="true">${initials(name)}</span><span class="visually-hidden">${goThere}</span></button>`
      : html`<span class="avatar small" data-hue=${hue(id)} role="img" title=${title} aria-label=${title}>${initials(name)}</span>`;
  }

  private goTo(person: string): void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.querySelector(`.caret[data-person="${CSS.escape(person)}"]`)?.scrollIntoView({
      block: "center",
      behavior: calm ? "auto" : "smooth",
    });
  }

  private renderLink() {
    if (!this.link || !this.writes) return nothing;
    const { editor, link } = this;
    return html`<div class="editor-bar editor-link" role="group" aria-label=${t("Lien")}>
      <a href=${link} target="_blank" rel="noopener noreferrer">${link.replace(/^mailto:|^https?:\/\//, "")}</a>
      <button type="button" class="button quiet small" @click=${() => editor && openLinkSheet(editor)}>${t("Modifier")}</button>
      <button type="button" class="button quiet small" @click=${() => editor?.chain().focus().extendMarkRange("link").unsetLink().run()}>
        ${t("Retirer")}</button>
    </div>`;
  }

  private renderAdvice() {
    const { sync } = this;
    const words = sync ? advice(sync) : "";
    if (!sync || !words) return nothing;
    return html`<div class="notice ${sync.ending ? "danger" : "warning"} editor-advice">
      <div class="stack stack-tight">
        <p>${words}</p>
        <div class="cluster">
          ${sync.ending === "signed_out"
            ? html`<a class="button small" href="/compte/login/" target="_blank" rel="noopener">${t("Se connecter")}</a>
                <button type="button" class="button small" @click=${() => sync.start()}>${t("Reprendre")}</button>`
            : nothing}
          ${sync.unsaved && (sync.ending || !sync.writes)
            ? html`<button type="button" class="button small" @click=${this.copyText}>${t("Copier le texte")}</button>`
            : nothing}
        </div>
      </div>
    </div>`;
  }

  private readonly copyText = () => navigator.clipboard.writeText(this.editor?.getText({ blockSeparator: "\n\n" }) ?? "");

  /** A click in the empty space under a short text goes to its end, after a table into a new line. */
  private clickedBelow(event: MouseEvent): void {
    const { editor } = this;
    if (!editor || !this.writes || event.target !== event.currentTarget) return;
    const last = editor.state.doc.lastChild;
    if (last && !last.isTextblock) editor.chain().insertContentAt(editor.state.doc.content.size, { type: "paragraph" }).run();
    editor.commands.focus("end");
  }
}

/** Drawn once for each name: the element draws itself at every letter. */
const drawn = (name: IconName) => guard([name], () => icon(name));

function listen<Kind extends keyof WindowEventMap>(
  target: EventTarget,
  kind: Kind | `editor-${string}`,
  handle: (event: Event) => void,
): () => void {
  target.addEventListener(kind, handle);
  return () => target.removeEventListener(kind, handle);
}
