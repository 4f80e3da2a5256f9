/**
 * <collab-call call="<room id>" person="<id>" name="…" right="watch|speak|moderate">: join, see, hear, be seen, leave.
 * `data-state` says where it is: preview, joining, in, rejoining, ended. It fills the box it is given.
 */
import { openSheet, confirmSheet } from "@collab/sheet";
import { ownLive as live } from "@collab/socket";
import { LiveError } from "@collab/socket_link";
import { t } from "@collab/text";
import { toast } from "@collab/toast";
import { html, LitElement, render, type TemplateResult } from "lit";

import { Call, type Wish } from "./call";
import { bestTiles, mostTiles, show, type Notice, type Participant, type Right, type Shown, type Tile } from "./call_data";
import { controlsView } from "./call_views/controls";
import { previewView } from "./call_views/preview";
import { figuresSheet, helpSheet, peopleSheet, deviceFields } from "./call_views/sheets";
import { stageView } from "./call_views/stage";
import { isAllowed, type Device } from "./devices";
import { Level } from "./level";
import { OwnMedia } from "./own_media";
import { sentCodecs } from "./codecs";
import { areShortcutsOn, isTyping, keepShortcuts } from "./shortcuts";
import "./style/call.css";
import "./text_en";

const GAP = 8;
const WISH_MS = 250;
const MEASURE_MS = 3_000;
const BANNER_MS = 5_000;
/** Beyond, comings and goings are noise. */
const QUIET_FROM = 15;

export class CallElement extends LitElement {
  static override properties = { call: {}, person: {}, name: {}, right: {} };
  declare call: string;
  declare person: string;
  declare name: string;
  declare right: Right;

  media!: Call;
  readonly own = new OwnMedia({
    changed: () => this.requestUpdate(),
    send: (kind, track) => void this.media.setTrack(kind, track),
    screenEnded: () => void this.media.setOwn({ screen: false }),
  });
  layout: "grid" | "speaker" = "grid";
  pinned: string | null = null;
  audioOnly = false;
  isOffline = false;
  banner = "";
  shortcuts = areShortcutsOn();
  shown: Shown = { main: null, tiles: [], unseen: 0 };

  private said = "";
  private box = { width: 0, height: 0 };
  private readonly onScreen = new WeakMap<Element, boolean>();
  private readonly timers = new Map<string, number>();
  private readonly stops: (() => void)[] = [];
  private readonly level = new Level((heard) => this.style.setProperty("--level", heard.toFixed(2)));
  private readonly sizes = new ResizeObserver(([entry]) => entry && this.fit(entry.contentRect));
  private readonly sights = new IntersectionObserver((entries) => {
    for (const entry of entries) this.onScreen.set(entry.target, entry.isIntersecting);
    this.soon("wish", WISH_MS, () => this.wish());
  });
  private sheet: { content: HTMLElement; view: () => TemplateResult } | null = null;
  private wakeLock: WakeLockSentinel | null = null;

  constructor() {
    super();
    this.call = this.person = this.name = "";
    this.right = "watch";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    if (!this.hasUpdated) this.replaceChildren();
    super.connectedCallback();
    this.media = new Call(this.call, this.right, {
      live,
      peer: () => new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" }),
      codecs: sentCodecs,
      changed: () => this.mediaChanged(),
      notice: (notice) => this.hear(notice),
    });
    this.media.follow();
    this.listen(document, "keydown", (key) => this.press(key as KeyboardEvent));
    this.listen(document, "visibilitychange", () => this.seenAgain());
    this.listen(document, "fullscreenchange", () => this.requestUpdate());
    this.listen(window, "pagehide", () => this.leave());
    this.listen(window, "online", () => this.media.wake());
    if (navigator.mediaDevices) this.listen(navigator.mediaDevices, "devicechange", () => void this.own.lookAround());
    this.stops.push(live.onState((state) => this.onLive(state !== "live" && state !== "connecting")));
    if (this.media.publishes) void this.prepareIfAllowed();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.media.stop();
    this.own.closeAll();
    this.level.stop();
    this.sizes.disconnect();
    this.sights.disconnect();
    for (const stop of this.stops.splice(0)) stop();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /** Nobody is asked for their camera before they want to be seen. */
  private async prepareIfAllowed(): Promise<void> {
    if ((await isAllowed()) && this.isConnected) await this.prepare();
  }

  private listen(target: EventTarget, type: string, handler: (event: Event) => void): void {
    target.addEventListener(type, handler);
    this.stops.push(() => target.removeEventListener(type, handler));
  }

  // --- what is on the page ---

  protected override willUpdate(): void {
    const { data, session } = this.media;
    const before = this.shown.tiles.map((tile) => tile.key);
    const most = mostTiles(this.box.width, this.box.height);
    this.shown = show(data, { own: session, layout: this.layout, pinned: this.pinned, most, before });
  }

  protected override render(): TemplateResult {
    const { state } = this.media;
    const isIn = state === "in" || state === "rejoining";
    return html`
      <section class="call" aria-label=${t("Appel vidéo")}>
        ${isIn ? stageView(this) : previewView(this)} ${isIn ? controlsView(this) : ""}
        <p class="visually-hidden" role="status" aria-live="polite">${this.said}</p>
      </section>
    `;
  }

  protected override updated(): void {
    const { state } = this.media;
    this.dataset.state = state === "out" ? "preview" : state;
    const stage = this.querySelector(".call-stage");
    if (stage) this.sizes.observe(stage);
    for (const tile of this.querySelectorAll(".call-tile[data-session]")) this.sights.observe(tile);
    this.lay();
    this.speakThrough(this.own.choice.devices.speaker);
    this.level.watch(this.media.isActive ? null : (this.own.tracks.mic ?? null));
    if (this.sheet) render(this.sheet.view(), this.sheet.content);
    this.soon("wish", WISH_MS, () => this.wish());
  }

  private fit(box: { width: number; height: number }): void {
    this.box = { width: box.width, height: box.height };
    this.requestUpdate();
  }

  private lay(): void {
    const { width, height } = this.box;
    const count = this.shown.tiles.length + Number(this.shown.unseen > 0);
    const grid = bestTiles(width, height, count, GAP);
    const tiles = this.querySelector<HTMLElement>(".call-tiles");
    tiles?.style.setProperty("--tile-width", `${grid.width}px`);
    tiles?.style.setProperty("--tile-height", `${grid.height}px`);
  }

  private speakThrough(speaker: string | undefined): void {
    for (const audio of this.querySelectorAll<HTMLAudioElement & { sinkId?: string }>(".call-sounds audio")) {
      if (speaker !== undefined && "setSinkId" in audio && audio.sinkId !== speaker) {
        void (audio as any).setSinkId(speaker).catch(() => undefined); // unplugged: the usual one goes on
      }
    }
  }

  /** Ask for the pictures that are seen, as large as they are seen; the others rest. */
  private wish(): void {
    if (this.media.state !== "in") return;
    const wishes: Wish[] = [];
    const wanted = this.audioOnly || document.hidden ? [] : [...this.querySelectorAll<HTMLElement>(".call-tile[data-session]:not([data-own])")];
    for (const tile of wanted) {
      const { session = "", kind } = tile.dataset;
      const participant = this.media.data.find(session);
      if (!participant || !this.onScreen.get(tile)) continue;
      const height = Math.min(2160, Math.ceil((tile.clientHeight * devicePixelRatio) / 30) * 30);
      if (kind === "camera" && participant.camera) wishes.push({ source: session, kind, height });
      if (kind === "screen" && participant.screen) wishes.push({ source: session, kind, height });
    }
    void this.media.want(wishes);
  }

  // --- asked by the views ---

  pictureOf({ participant, kind, isOwn }: Tile): MediaStreamTrack | null {
    if (isOwn) return (kind === "camera" ? this.own.tracks.camera : this.own.tracks.screen) ?? null;
    if (this.audioOnly || !participant[kind]) return null;
    return this.media.track(participant.session, kind);
  }

  isSpeaking(session: string): boolean {
    return this.media.data.speaking.includes(session);
  }

  get sounds(): MediaStreamTrack[] {
    return [...this.media.tracks.values()].filter((track) => track.kind === "audio");
  }

  get isFullScreen(): boolean {
    return document.fullscreenElement !== null && this.contains(document.fullscreenElement);
  }

  deviceInUse(device: Device): string {
    const track = device === "speaker" ? undefined : this.own.tracks[device];
    return track?.getSettings().deviceId ?? this.own.choice.devices[device] ?? "";
  }

  // --- what the person does ---

  async prepare(): Promise<void> {
    await this.own.prepare();
  }

  async join(): Promise<void> {
    const { media, own } = this;
    if (media.isActive) return;
    if (media.publishes) {
      await own.prepare();
      Object.assign(media.own, { mic: own.choice.mic && !!own.tracks.mic, camera: own.choice.camera && !!own.tracks.camera, screen: false });
      await media.setTrack("audio", own.tracks.mic ?? null);
      await media.setTrack("camera", own.tracks.camera ?? null);
    }
    await media.join();
    if (media.state !== "in") return;
    this.querySelector<HTMLElement>('[data-control="mic"], [data-control="leave"]')?.focus();
    this.say(t("Vous êtes dans l’appel"));
    this.measureSoon();
    void this.stayAwake();
  }

  async leave(): Promise<void> {
    if (!this.media.isActive) return;
    if (this.isFullScreen) void document.exitFullscreen();
    const left = this.media.leave();
    this.pinned = null;
    await left;
    this.querySelector<HTMLElement>(".call-join")?.focus();
  }

  async toggleMic(): Promise<void> {
    const { media, own } = this;
    if (!media.isActive) {
      own.choice.mic = !own.choice.mic;
      if (own.tracks.mic) await own.setMic(own.choice.mic);
      this.requestUpdate();
      return;
    }
    const on = await own.setMic(!media.own.mic);
    if (own.problems.mic) toast(own.problems.mic, { kind: "danger" });
    await media.setOwn({ mic: on });
    this.say(on ? t("Micro activé") : t("Micro coupé"));
  }

  async toggleCamera(): Promise<void> {
    const { media, own } = this;
    if (!media.isActive) {
      own.choice.camera = !own.choice.camera;
      if (own.tracks.camera || own.tracks.mic) await own.setCamera(own.choice.camera);
      this.requestUpdate();
      return;
    }
    const on = await own.setCamera(!media.own.camera);
    if (own.problems.camera) toast(own.problems.camera, { kind: "danger" });
    await media.setOwn({ camera: on });
    this.say(on ? t("Caméra allumée") : t("Caméra éteinte"));
  }

  async toggleScreen(): Promise<void> {
    if (this.media.own.screen) {
      this.own.stopScreen();
      await this.media.setOwn({ screen: false });
      return;
    }
    try {
      await this.own.shareScreen();
    } catch (error) {
      if (error instanceof DOMException) return; // changed their mind
      throw error;
    }
    await this.media.setOwn({ screen: true });
    this.say(t("Vous partagez votre écran"));
  }

  toggleLayout(): void {
    this.layout = this.layout === "grid" ? "speaker" : "grid";
    this.pinned = null;
    this.requestUpdate();
  }

  toggleAudioOnly(): void {
    this.audioOnly = !this.audioOnly;
    if (this.audioOnly && this.media.own.camera) void this.toggleCamera();
    this.requestUpdate();
  }

  async toggleFullScreen(): Promise<void> {
    if (this.isFullScreen) await document.exitFullscreen();
    else await this.querySelector(".call")?.requestFullscreen();
  }

  pin(key: string): void {
    this.pinned = this.pinned === key ? null : key;
    this.requestUpdate();
  }

  choose(device: Device, id: string): void {
    void this.own.choose(device, id);
  }

  setShortcuts(on: boolean): void {
    this.shortcuts = on;
    keepShortcuts(on);
  }

  // --- moderation ---

  mute(participant: Participant): void {
    void this.moderate("call.mute", { call: this.call, person: participant.person });
  }

  muteOthers(): void {
    void this.moderate("call.mute", { call: this.call });
  }

  async sendOut(participant: Participant): Promise<void> {
    const sure = await confirmSheet({
      title: t("Faire sortir %(name)s ?", { name: participant.name }),
      text: t("Cette personne ne pourra pas revenir dans l’appel pendant 15 minutes."),
      confirm: t("Faire sortir"),
      danger: true,
    });
    if (sure) await this.moderate("call.remove", { call: this.call, person: participant.person });
  }

  private async moderate(type: string, data: object): Promise<void> {
    try {
      await live.send(type, data);
    } catch (error) {
      if (!(error instanceof LiveError)) throw error;
      toast(error.detail, { kind: "danger" });
    }
  }

  // --- sheets ---

  openPeople = (): void => this.open(t("Personnes dans l’appel"), () => peopleSheet(this));
  openDevices = (): void => this.open(t("Micro, caméra et haut-parleur"), () => deviceFields(this));
  openFigures = (): void => this.open(t("Qualité de la connexion"), () => figuresSheet(this));
  openHelp = (): void => this.open(t("Raccourcis clavier"), () => helpSheet(this));

  /** A sheet that follows the call while it is open. */
  private open(title: string, view: () => TemplateResult): void {
    const content = document.createElement("div");
    content.className = "call-sheet stack";
    render(view(), content);
    const done = document.createElement("button");
    done.type = "button";
    done.className = "button";
    done.textContent = t("Fermer");
    const actions = document.createElement("div");
    actions.className = "sheet-actions";
    actions.append(done);
    const whole = document.createDocumentFragment();
    whole.append(content, actions);
    const { sheet, closed } = openSheet(title, whole);
    done.addEventListener("click", () => sheet.close(""));
    this.sheet = { content, view };
    void closed.then(() => {
      if (this.sheet?.content === content) this.sheet = null;
    });
  }

  // --- what happens ---

  private mediaChanged(): void {
    if (!this.media.isActive && (this.dataset.state === "in" || this.dataset.state === "rejoining")) {
      this.own.closeAll();
      void this.wakeLock?.release();
    }
    this.requestUpdate();
  }

  private hear(notice: Notice): void {
    const isMe = notice.participant.session === this.media.session;
    if (isMe && notice.type === "muted" && !notice.participant.mic) {
      void this.own.setMic(false);
      const by = this.media.data.participants.find((one) => one.person === notice.by)?.name;
      this.proclaim(by ? t("%(name)s a coupé votre micro", { name: by }) : t("Une personne qui modère a coupé votre micro"));
    }
    // Who may only watch from now on is not filmed any more.
    if (isMe && notice.participant.right === "watch") this.own.closeAll();
    if (isMe || !this.media.isActive || this.media.data.participants.length > QUIET_FROM) return;
    const { name } = notice.participant;
    if (notice.type === "joined") this.proclaim(t("%(name)s est là", { name }));
    if (notice.type === "left") this.proclaim(t("%(name)s est parti·e", { name }));
    if (notice.type === "changed" && notice.participant.screen && !notice.before.screen) this.proclaim(t("%(name)s partage son écran", { name }));
  }

  private onLive(isOffline: boolean): void {
    this.isOffline = isOffline;
    this.requestUpdate();
  }

  private seenAgain(): void {
    if (!document.hidden) {
      this.media.wake();
      void this.stayAwake();
    }
    this.soon("wish", WISH_MS, () => this.wish());
  }

  private press(key: KeyboardEvent): void {
    if (!this.shortcuts || !this.media.isActive || key.ctrlKey || key.metaKey || key.altKey || key.repeat || isTyping(key)) return;
    const acts: Record<string, () => unknown> = {
      m: () => this.media.publishes && this.toggleMic(),
      v: () => this.media.publishes && this.toggleCamera(),
      g: () => this.toggleLayout(),
      f: () => this.toggleFullScreen(),
      "?": () => this.openHelp(),
    };
    const act = acts[key.key.toLowerCase()];
    if (!act) return;
    key.preventDefault();
    void act();
  }

  private say(text: string): void {
    this.said = text;
    this.requestUpdate();
  }

  /** Say it, and show it for a moment. */
  private proclaim(text: string): void {
    this.banner = text;
    this.say(text);
    this.soon("banner", BANNER_MS, () => {
      this.banner = "";
      this.requestUpdate();
    }, true);
  }

  private measureSoon(): void {
    this.soon("measure", MEASURE_MS, () => {
      if (!this.media.isActive) return;
      void this.media.measure();
      this.measureSoon();
    });
  }

  /** A phone that dims its screen would stop its camera. */
  private async stayAwake(): Promise<void> {
    if (!this.media.isActive || !("wakeLock" in navigator)) return;
    this.wakeLock = await navigator.wakeLock.request("screen").catch(() => null);
  }

  private soon(name: string, ms: number, act: () => void, anew = false): void {
    if (this.timers.has(name)) {
      if (!anew) return;
      clearTimeout(this.timers.get(name));
    }
    const run = () => {
      this.timers.delete(name);
      act();
    };
    this.timers.set(name, window.setTimeout(run, ms));
  }
}

customElements.define("collab-call", CallElement);

declare global {
  interface HTMLElementTagNameMap {
    "collab-call": CallElement;
  }
}
