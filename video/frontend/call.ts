/**
 * A page in a call: words on the live socket, two peer connections, and coming back from whatever happens.
 * No DOM. Prose: docs/protocol/video.md.
 */
import { LiveError, type Follower, type LiveState } from "@collab/socket_link";

import { CallData, type MediaKind, type Notice, type PictureKind, type Right, type Slot, type Why } from "./call_data";
import { compare, look, NO_FIGURES, type Figures, type Look } from "./quality";
import { withThriftySound } from "./sdp";

export type CallState = "out" | "joining" | "in" | "rejoining" | "ended";

export interface LiveWords {
  readonly state: LiveState;
  follow(topic: string, follower: Follower): () => void;
  send(type: string, data: object): Promise<any>;
  direct(type: string, handler: (data: any) => void): () => void;
  onState(watcher: (state: LiveState) => void): () => void;
}

export interface Surroundings {
  live: LiveWords;
  peer(): RTCPeerConnection;
  /** The codecs this browser sends, best first; tests have none. */
  codecs?(media: "audio" | "video"): RTCRtpCodec[];
  changed(): void;
  notice(notice: Notice): void;
}

export interface Wish {
  source: string;
  kind: PictureKind;
  height: number;
}

/** Lowest first: this order is what makes Chromium send the small picture when the line is bad. */
export const CAMERA_ENCODINGS: RTCRtpEncodingParameters[] = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];
const SCREEN_ENCODINGS: RTCRtpEncodingParameters[] = [{ maxBitrate: 2_500_000, maxFramerate: 15 }];

// A short cut heals by itself; after this the connection is offered anew, and later everything is.
const RESTART_MS = 3_000;
const REJOIN_MS = 9_000;
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 8_000;
/** Refusals that trying again does not change. */
const FINAL = new Set(["not_found", "forbidden", "removed_from_call", "call_is_full", "too_many_devices", "signed_out", "watch_only", "bad_word"]);

type Part = "listen" | "publish";

export class Call {
  readonly data = new CallData();
  state: CallState = "out";
  right: Right;
  session: string = crypto.randomUUID();
  /** What the others may hear and see of this page. */
  readonly own = { mic: false, camera: false, screen: false };
  /** Why the call ended for this page: a `Why`, or the code of a refusal. */
  endedBy = "";
  endedDetail = "";
  /** Why coming in takes long; it is being tried again. */
  trouble = "";
  figures: Figures = NO_FIGURES;
  /** The tracks of the subscribe connection by their place. */
  readonly tracks = new Map<string, MediaStreamTrack>();

  private readonly sent = new Map<MediaKind, MediaStreamTrack>();
  private readonly senders = new Map<MediaKind, RTCRtpTransceiver>();
  private readonly peers: Partial<Record<Part, RTCPeerConnection>> = {};
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly stops: (() => void)[] = [];
  private wishes: Wish[] = [];
  private offering: Promise<void> = Promise.resolve();
  private resuming: Promise<void> | null = null;
  private coming = false;
  private former: Look | null = null;

  constructor(
    readonly id: string,
    right: Right,
    private readonly around: Surroundings,
  ) {
    this.right = right;
  }

  /** Hear who is in, from before this page joins. */
  follow(): void {
    const { live } = this.around;
    this.stops.push(
      live.follow(`call:${this.id}`, {
        picture: (data) => this.picture(data),
        message: (type, data) => this.hear(type, data),
        revoked: () => this.end("ended"),
      }),
      live.direct("call.slots", (data) => this.mine(data) && this.place(data.slots as Slot[])),
      live.direct("call.lost", (data) => this.mine(data) && void this.rejoin()),
      live.direct("call.ended", (data) => this.mine(data) && this.end("ended")),
      live.direct("call.gone", (data) => this.mine(data) && void this.restart(data.part as Part)),
      live.direct("call.connected", (data) => this.mine(data) && this.around.changed()),
      live.onState((state) => state === "live" && this.state === "in" && void this.resume()),
    );
  }

  stop(): void {
    if (this.isActive) void this.leave();
    for (const stop of this.stops.splice(0)) stop();
  }

  get isActive(): boolean {
    return this.state === "joining" || this.state === "in" || this.state === "rejoining";
  }

  get publishes(): boolean {
    return this.right !== "watch";
  }

  // --- coming and going ---

  /** Enter with what is in `own` and was given to `setTrack`. Failures that may pass are tried again. */
  async join(): Promise<void> {
    if (this.isActive) return;
    this.session = crypto.randomUUID();
    this.endedBy = this.endedDetail = "";
    this.become("joining");
    await this.comeIn();
  }

  async leave(): Promise<void> {
    if (!this.isActive) return;
    const { id, session } = this;
    this.hangUp();
    this.become("out");
    await this.around.live.send("call.leave", { call: id, session }).catch(() => undefined);
  }

  /** The page goes away: no time for an answer. */
  vanish(): void {
    if (this.isActive) void this.around.live.send("call.leave", { call: this.id, session: this.session }).catch(() => undefined);
  }

  /** Everything anew under the same session: others see no coming and going. */
  private async rejoin(): Promise<void> {
    if (this.state !== "in" && this.state !== "rejoining") return;
    this.become("rejoining");
    await this.comeIn();
  }

  private async comeIn(): Promise<void> {
    if (this.coming) return;
    this.coming = true;
    const { session } = this;
    try {
      for (let tries = 0; this.isActive && this.session === session; tries += 1) {
        if (tries > 0) await this.pause(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries) * (0.5 + Math.random() / 2));
        if (!this.isActive || this.session !== session) return;
        if (await this.tryToEnter()) return;
      }
    } finally {
      this.coming = false;
    }
  }

  private async tryToEnter(): Promise<boolean> {
    this.closePeers();
    try {
      const { mic, camera } = this.own;
      const reply = await this.ask("call.join", { mic, camera });
      this.right = reply.right as Right;
      await this.openListen(reply.offer as string);
      if (this.publishes) await this.openPublish();
      this.become("in");
      if (this.own.screen) await this.tellState();
      await this.tellWishes();
      this.trouble = "";
      return true;
    } catch (error) {
      if (error instanceof LiveError && FINAL.has(error.code)) {
        this.end(error.code, error.detail);
        return true;
      }
      this.passOver(error);
      if (error instanceof LiveError) this.trouble = error.detail;
      this.around.changed();
      return false;
    }
  }

  private end(why: Why | string, detail = ""): void {
    if (!this.isActive) {
      if (this.state === "ended" && why !== "ended") this.endedBy = why;
      return;
    }
    this.hangUp();
    this.endedBy = why;
    this.endedDetail = detail;
    this.become("ended");
  }

  private hangUp(): void {
    this.closePeers();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.sendNothing();
    this.trouble = "";
    this.data.slots = [];
    this.data.speaking = [];
    this.wishes = [];
  }

  private sendNothing(): void {
    this.sent.clear();
    Object.assign(this.own, { mic: false, camera: false, screen: false });
  }

  /** The live socket is back: the media went on without it. */
  private resume(): Promise<void> {
    this.resuming ??= this.ask("call.resume", { ...this.own })
      .then((reply) => {
        this.right = reply.right as Right;
        return this.tellWishes();
      })
      .catch((error: unknown) => this.rejoinUnlessFinal(error))
      .finally(() => {
        this.resuming = null;
      });
    return this.resuming;
  }

  private async rejoinUnlessFinal(error: unknown): Promise<void> {
    if (error instanceof LiveError && error.code !== "not_in_call" && FINAL.has(error.code)) this.end(error.code, error.detail);
    else await this.rejoin();
  }

  // --- what this page sends ---

  /** Send this track, or nothing, as `kind`. Who holds the track stops it. */
  async setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void> {
    if (track) this.sent.set(kind, track);
    else this.sent.delete(kind);
    const transceiver = this.senders.get(kind);
    if (transceiver) await transceiver.sender.replaceTrack(track);
    else if (track && this.peers.publish) {
      this.addSender(this.peers.publish, kind);
      await this.offer();
    }
  }

  /** Say what others may hear and see; the worker passes on nothing else. */
  async setOwn(change: Partial<Call["own"]>): Promise<void> {
    Object.assign(this.own, change);
    this.around.changed();
    await this.tellState();
  }

  private async tellState(): Promise<void> {
    if (this.state !== "in") return;
    await this.ask("call.state", { ...this.own }).catch((error: unknown) => this.passOver(error));
  }

  private async openPublish(): Promise<void> {
    const peer = this.open("publish");
    for (const kind of ["audio", "camera", "screen", "screen_audio"] as const) {
      if (this.sent.has(kind) || kind === "audio" || kind === "camera") this.addSender(peer, kind);
    }
    await this.offer();
  }

  private addSender(peer: RTCPeerConnection, kind: MediaKind): void {
    const media = kind === "audio" || kind === "screen_audio" ? "audio" : "video";
    const encodings = kind === "camera" ? CAMERA_ENCODINGS : kind === "screen" ? SCREEN_ENCODINGS : [];
    const options = { direction: "sendonly" as const, sendEncodings: encodings.map((one) => ({ ...one })) };
    const transceiver = peer.addTransceiver(this.sent.get(kind) ?? media, options);
    const codecs = this.around.codecs?.(media) ?? [];
    if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
    this.senders.set(kind, transceiver);
  }

  /** One offer at a time; each describes everything that is sent. */
  private offer(restart = false): Promise<void> {
    const peer = this.peers.publish;
    const next = this.offering.then(async () => {
      if (!peer || peer !== this.peers.publish) return;
      const description = await peer.createOffer({ iceRestart: restart });
      await peer.setLocalDescription(description);
      const sources: Record<string, MediaKind> = {};
      for (const [kind, transceiver] of this.senders) if (transceiver.mid !== null) sources[transceiver.mid] = kind;
      const reply = await this.ask("call.publish", { sdp: peer.localDescription?.sdp ?? description.sdp, sources });
      if (peer !== this.peers.publish) return;
      await peer.setRemoteDescription({ type: "answer", sdp: withThriftySound(reply.answer as string) });
    });
    this.offering = next.catch(() => undefined);
    return next;
  }

  // --- what this page gets ---

  private async openListen(offer: string): Promise<void> {
    const peer = this.open("listen");
    peer.ontrack = ({ track, transceiver }) => {
      if (transceiver.mid !== null) this.tracks.set(transceiver.mid, track);
      this.around.changed();
    };
    await this.answer(peer, offer);
  }

  private async answer(peer: RTCPeerConnection, offer: string): Promise<void> {
    await peer.setRemoteDescription({ type: "offer", sdp: offer });
    const description = await peer.createAnswer();
    await peer.setLocalDescription(description);
    await this.ask("call.answer", { sdp: description.sdp });
  }

  /** What the page shows now, the most wanted first. */
  async want(wishes: Wish[]): Promise<void> {
    if (JSON.stringify(wishes) === JSON.stringify(this.wishes)) return;
    this.wishes = wishes;
    if (this.state === "in") await this.tellWishes();
  }

  private async tellWishes(): Promise<void> {
    await this.ask("call.want", { pictures: this.wishes }).catch((error: unknown) => this.passOver(error));
  }

  /** The track of a picture or sound, if it comes now. */
  track(session: string, kind: MediaKind): MediaStreamTrack | null {
    const slot = this.data.slotOf(session, kind);
    return (slot && this.tracks.get(slot.mid)) ?? null;
  }

  private place(slots: Slot[]): void {
    this.data.slots = slots;
    this.around.changed();
  }

  // --- the connections ---

  private open(part: Part): RTCPeerConnection {
    const peer = this.around.peer();
    this.peers[part] = peer;
    peer.onconnectionstatechange = () => peer === this.peers[part] && this.watch(part, peer.connectionState);
    return peer;
  }

  private watch(part: Part, state: RTCPeerConnectionState): void {
    this.cancel(`restart ${part}`);
    if (state === "connected") this.cancel(`rejoin ${part}`);
    if (state === "disconnected") this.later(`restart ${part}`, RESTART_MS, () => this.restart(part));
    if (state === "failed") void this.restart(part);
    this.around.changed();
  }

  /** New ICE credentials for one connection; when that does not help, everything anew. */
  private async restart(part: Part): Promise<void> {
    if (this.state !== "in") return;
    this.later(`rejoin ${part}`, REJOIN_MS, () => this.rejoin());
    try {
      const peer = this.peers[part];
      if (part === "publish") await this.offer(true);
      else if (peer) await this.answer(peer, (await this.ask("call.reoffer", {})).offer as string);
    } catch (error) {
      if (error instanceof LiveError && !FINAL.has(error.code)) await this.rejoin();
      else this.passOver(error);
    }
  }

  /** The network came back or the page is seen again: look at once. */
  wake(): void {
    for (const part of ["listen", "publish"] as const) {
      const state = this.peers[part]?.connectionState;
      if (state === "disconnected" || state === "failed") void this.restart(part);
    }
  }

  private closePeers(): void {
    for (const part of ["listen", "publish"] as const) {
      this.cancel(`restart ${part}`);
      this.cancel(`rejoin ${part}`);
      this.peers[part]?.close();
      delete this.peers[part];
    }
    this.offering = Promise.resolve();
    this.senders.clear();
    this.tracks.clear();
    this.former = null;
  }

  async measure(): Promise<Figures> {
    const peers = Object.values(this.peers);
    const reports = await Promise.all(peers.map((peer) => peer.getStats()));
    const now = look(reports.flatMap((report) => [...(report as unknown as Map<string, any>).values()]), performance.now());
    this.figures = this.former ? compare(this.former, now) : this.figures;
    this.former = now;
    this.around.changed();
    return this.figures;
  }

  /** Who sees both ends of the wire: for the statistics page and for tests. */
  connection(part: Part): RTCPeerConnection | undefined {
    return this.peers[part];
  }

  // --- what is announced ---

  private picture(data: any): void {
    this.data.picture(data);
    if (this.state === "in" && !this.data.find(this.session)) void this.rejoin();
    this.around.changed();
  }

  private hear(type: string, data: any): void {
    const notice = this.data.hear(type, data);
    if (notice && this.isMine(notice)) this.hearOfMyself(notice);
    if (notice) this.around.notice(notice);
    this.around.changed();
  }

  private isMine(notice: Notice): boolean {
    return notice.participant.session === this.session;
  }

  private hearOfMyself(notice: Notice): void {
    if (notice.type === "left" && notice.why !== "left") {
      if (notice.why === "lost") void this.rejoin();
      else this.end(notice.why);
    } else if (notice.type === "muted") {
      this.own.mic = notice.participant.mic;
    } else if (notice.type === "changed" && notice.before.right !== notice.participant.right) {
      const published = this.publishes;
      this.right = notice.participant.right;
      if (!this.publishes) this.sendNothing();
      if (published !== this.publishes) void this.rejoin();
    }
  }

  // --- small things ---

  private mine(data: any): boolean {
    return data.call === this.id && data.session === this.session && this.isActive;
  }

  /** Ask about this session. A socket that came back meanwhile speaks for it first. */
  private async ask(type: string, data: object): Promise<any> {
    const word = { call: this.id, session: this.session, ...data };
    try {
      return await this.around.live.send(type, word);
    } catch (error) {
      const stray = error instanceof LiveError && error.code === "not_in_call" && type !== "call.resume" && type !== "call.join";
      if (!stray || this.state !== "in") throw error;
      await this.resume();
      if (this.state !== "in") throw error;
      return await this.around.live.send(type, word);
    }
  }

  /** What a later word makes good again is not worth a person's attention; a bug is. */
  private passOver(error: unknown): void {
    if (!(error instanceof LiveError) && !(error instanceof DOMException)) throw error;
  }

  private become(state: CallState): void {
    this.state = state;
    this.around.changed();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  private later(name: string, ms: number, act: () => unknown): void {
    if (this.timers.has(name)) return;
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        void act();
      }, ms),
    );
  }

  private cancel(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}
