/** A room as one page lives it: what it knows, kept current by the live socket, and what one can do in it. No DOM. */
import { LiveError, live, type LiveState } from "@collab/socket";
import { t } from "@collab/text";
import { type AssemblyPicture, type Choice, type Poll, drawAssembly } from "./assembly_data";
import * as chats from "./chat_data";
import { now } from "./clock";
import { type Line, type RoomPicture, drawRoom } from "./room_data";
import { castVote, ownBallot, surroundings } from "./votes_api";

export interface Present {
  id: string;
  name: string;
}

/** What the server gave with the page. */
export interface Facts {
  room: RoomPicture;
  assembly: AssemblyPicture | null;
  ballots: Record<string, Choice>;
  member: boolean;
}

export interface OwnVote {
  choice: Choice | null;
  sending: Choice | null;
  refusal: string;
  onTheRoll: boolean;
}

type Told = (type: string, data: any) => void;

export class RoomLive {
  picture: RoomPicture;
  assembly: AssemblyPicture | null;
  chat: chats.Chat;
  present: Present[] = [];
  connection: LiveState = live.state;
  revoked = false;
  readonly votes = new Map<string, OwnVote>();
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<Told>();
  private unfollowAssembly: (() => void) | null = null;
  private pictures = 0;

  constructor(
    readonly facts: Facts,
    readonly me: { id: string; name: string },
  ) {
    this.picture = facts.room;
    this.assembly = facts.assembly;
    this.chat = chats.openChat(facts.room.chat, facts.room.earlier);
    for (const [poll, choice] of Object.entries(facts.ballots)) {
      this.votes.set(poll, { choice, sending: null, refusal: "", onTheRoll: true });
    }
  }

  get id(): string {
    return this.picture.room.id;
  }

  get isHost(): boolean {
    return this.picture.hosts.includes(this.me.id);
  }

  get isOpen(): boolean {
    return this.picture.room.state === "open";
  }

  get openPolls(): Poll[] {
    return this.assembly?.polls.filter((poll) => poll.state === "open") ?? [];
  }

  start(): void {
    live.onState((state) => this.change(() => (this.connection = state)));
    live.follow(`room:${this.id}`, {
      picture: (data: RoomPicture) => this.change(() => this.takePicture(data)),
      message: (type, data) => this.change(() => this.hear(type, data)),
      revoked: () => this.change(() => (this.revoked = true)),
      presence: ({ present }) => this.change(() => (this.present = [...present].sort(byName))),
    });
    this.followAssembly();
  }

  /** Called after each change, once a frame at most by the views. */
  onChange(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** Called for each announcement, of the room and of the assembly, after it is in the pictures. */
  onTold(listener: Told): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  // --- chat ---

  say(text: string, id: string = crypto.randomUUID()): void {
    const words = text.trim();
    if (!words) return;
    const at = new Date(now()).toISOString();
    this.change(() => (this.chat = chats.write(this.chat, { id, text: words, at })));
    live.send("chat.post", { room: this.id, message: id, text: words }).catch((error: unknown) => {
      this.change(() => (this.chat = chats.refuse(this.chat, id, sentence(error))));
    });
  }

  sayAgain(pending: chats.Pending): void {
    this.say(pending.text, pending.id);
  }

  drop(pending: chats.Pending): void {
    this.change(() => (this.chat = chats.forget(this.chat, pending.id)));
  }

  look(): void {
    const looked = chats.look(this.chat);
    if (looked !== this.chat) this.change(() => (this.chat = looked));
  }

  remove(line: Line): Promise<unknown> {
    return live.send("chat.remove", { room: this.id, message: line.id });
  }

  async loadEarlier(): Promise<void> {
    const first = this.chat.lines[0]?.number;
    if (first === undefined) return;
    const answer = await fetch(`/salles/${this.id}/messages/?before=${first}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new LiveError("broken", t("Les messages plus anciens n’arrivent pas."));
    const { lines, earlier } = (await answer.json()) as { lines: Line[]; earlier: boolean };
    this.change(() => (this.chat = chats.takeEarlier(this.chat, lines, earlier)));
  }

  // --- hands and floor ---

  raise = (): Promise<unknown> => live.send("hand.raise", { room: this.id });

  lower = (person?: string): Promise<unknown> => live.send("hand.lower", { room: this.id, ...(person && { person }) });

  giveFloor = (person: string): Promise<unknown> => live.send("floor.give", { room: this.id, person });

  endFloor = (): Promise<unknown> => live.send("floor.end", { room: this.id });

  close = (): Promise<unknown> => live.send("room.close", { room: this.id });

  open = (): Promise<unknown> => live.send("room.open", { room: this.id });

  // --- assembly ---

  /** A word about the assembly: `tell("agenda.add", { title, minutes })`. */
  tell(type: string, data: object = {}): Promise<unknown> {
    return live.send(type, { assembly: this.assembly?.id, ...data });
  }

  tellPoll(type: string, poll: Poll): Promise<unknown> {
    return live.send(type, { poll: poll.id });
  }

  voteIn(poll: Poll): OwnVote {
    return this.votes.get(poll.id) ?? { choice: null, sending: null, refusal: "", onTheRoll: this.facts.member };
  }

  async castVote(poll: Poll, choice: Choice): Promise<void> {
    const was = this.voteIn(poll);
    if (was.sending) return;
    this.noteVote(poll.id, { ...was, sending: choice, refusal: "" });
    try {
      const counted = await castVote(poll.id, choice, crypto.randomUUID(), surroundings());
      this.noteVote(poll.id, { ...was, choice: counted, sending: null, refusal: "", onTheRoll: true });
    } catch (error) {
      const off = error instanceof LiveError && error.code === "not_on_the_roll";
      this.noteVote(poll.id, { ...was, sending: null, refusal: sentence(error), onTheRoll: !off && was.onTheRoll });
    }
  }

  private noteVote(poll: string, vote: OwnVote): void {
    this.change(() => this.votes.set(poll, vote));
  }

  /** What this person chose elsewhere, or whether they are on a roll frozen while the page was away. */
  private async refreshVotes(): Promise<void> {
    for (const poll of this.openPolls) {
      const answer = await ownBallot(poll.id).catch(() => null);
      const known = this.voteIn(poll);
      if (answer && !known.sending) {
        this.noteVote(poll.id, { ...known, choice: answer.choice, onTheRoll: answer.on_the_roll });
      }
    }
  }

  private takePicture(picture: RoomPicture): void {
    this.picture = picture;
    this.chat = chats.takePicture(this.chat, picture.chat, picture.earlier);
    this.followAssembly();
    // The page came with the first one; a later one means that something may have been missed.
    if (this.pictures++ > 0) void this.refreshVotes();
  }

  private hear(type: string, data: any): void {
    if (type === "chat.posted") this.chat = chats.takeLine(this.chat, data.line as Line);
    else if (type === "chat.removed") this.chat = chats.bury(this.chat, data.message as string);
    this.picture = drawRoom(this.picture, type, data);
    if (type === "assembly.changed") this.followAssembly();
    this.pass(type, data);
  }

  private followAssembly(): void {
    const summary = this.picture.assembly;
    if (this.unfollowAssembly || !summary) return;
    this.unfollowAssembly = live.follow(`assembly:${summary.id}`, {
      picture: (data: AssemblyPicture) => this.change(() => (this.assembly = data)),
      message: (type, data) =>
        this.change(() => {
          if (this.assembly) this.assembly = drawAssembly(this.assembly, type, data);
          if (type === "poll.opened" && !this.facts.member) void this.refreshVotes();
          this.pass(type, data);
        }),
    });
  }

  private pass(type: string, data: any): void {
    for (const listener of this.listeners) listener(type, data);
  }

  private change(act: () => unknown): void {
    act();
    for (const watcher of this.watchers) watcher();
  }
}

export function sentence(error: unknown): string {
  if (error instanceof LiveError && error.detail) return error.detail;
  return t("Cela n’a pas marché. Réessayez.");
}

function byName(one: Present, other: Present): number {
  return one.name.localeCompare(other.name, document.documentElement.lang);
}
