/** What a call looks like: who is in, who speaks, which tiles are shown. No DOM, no socket. */

export type Right = "watch" | "speak" | "moderate";
export type PictureKind = "camera" | "screen";
export type MediaKind = PictureKind | "audio" | "screen_audio";
export type Why = "left" | "lost" | "removed" | "ended";

export interface Participant {
  session: string;
  person: string;
  name: string;
  right: Right;
  mic: boolean;
  camera: boolean;
  screen: boolean;
}

/** One place of the subscribe connection. */
export interface Slot {
  mid: string;
  media: "audio" | "video";
  source: string | null;
  kind: MediaKind | null;
}

/** What an announcement means to people. */
export type Notice =
  | { type: "joined"; participant: Participant }
  | { type: "left"; participant: Participant; why: Why }
  | { type: "muted"; participant: Participant; by: string }
  | { type: "changed"; before: Participant; participant: Participant };

export class CallData {
  participants: Participant[] = [];
  speaking: string[] = [];
  slots: Slot[] = [];
  private readonly lastSpoke = new Map<string, number>();
  private turn = 0;

  picture(data: { participants: Participant[] }): void {
    this.participants = data.participants;
  }

  /** Apply an announcement of the topic; say what it means. */
  hear(type: string, data: any): Notice | null {
    if (type === "call.joined") return this.joined(data.participant as Participant);
    if (type === "call.changed") return this.changed(data.participant as Participant, data.by as string | null);
    if (type === "call.left") return this.left(data.session as string, data.why as Why);
    if (type === "call.speaking") this.spoke(data.sessions as string[]);
    return null;
  }

  find(session: string): Participant | undefined {
    return this.participants.find((one) => one.session === session);
  }

  spokeAt(session: string): number {
    return this.lastSpoke.get(session) ?? 0;
  }

  /** The place that carries this picture or sound, if it has one now. */
  slotOf(session: string, kind: MediaKind): Slot | undefined {
    return this.slots.find((slot) => slot.source === session && slot.kind === kind);
  }

  private joined(participant: Participant): Notice | null {
    const known = this.find(participant.session);
    if (known) {
      this.replace(participant);
      return null;
    }
    this.participants = [...this.participants, participant];
    return { type: "joined", participant };
  }

  private changed(participant: Participant, by: string | null): Notice | null {
    const before = this.find(participant.session);
    if (!before) return null;
    this.replace(participant);
    return by ? { type: "muted", participant, by } : { type: "changed", before, participant };
  }

  private left(session: string, why: Why): Notice | null {
    const participant = this.find(session);
    if (!participant) return null;
    this.participants = this.participants.filter((one) => one !== participant);
    this.speaking = this.speaking.filter((one) => one !== session);
    this.lastSpoke.delete(session);
    return { type: "left", participant, why };
  }

  private replace(participant: Participant): void {
    this.participants = this.participants.map((one) => (one.session === participant.session ? participant : one));
  }

  private spoke(sessions: string[]): void {
    this.speaking = sessions;
    this.turn += 1;
    for (const session of sessions) this.lastSpoke.set(session, this.turn);
  }
}

export interface Tile {
  key: string;
  kind: PictureKind;
  participant: Participant;
  isOwn: boolean;
}

export interface Shown {
  /** The one large tile, in the speaker layout, with a pin, or while a screen is shared. */
  main: Tile | null;
  tiles: Tile[];
  /** People who have a place in the call and no tile on this page. */
  unseen: number;
}

export interface View {
  own: string;
  layout: "grid" | "speaker";
  pinned: string | null;
  most: number;
  /** Keys shown until now, in their order: tiles do not jump about. */
  before: readonly string[];
}

const keyOf = (participant: Participant, kind: PictureKind) => `${participant.session}:${kind}`;

export function show(data: CallData, view: View): Shown {
  const present = data.participants.filter((one) => one.right !== "watch");
  const all = present.map((participant) => tile(participant, "camera", view.own));
  const screens = present.filter((one) => one.screen).map((participant) => tile(participant, "screen", view.own));
  const main = chooseMain(data, view, all, screens);
  const others = [...screens, ...all].filter((one) => one.key !== main?.key);
  const tiles = chooseTiles(data, view, others);
  return { main, tiles, unseen: others.length - tiles.length };
}

function tile(participant: Participant, kind: PictureKind, own: string): Tile {
  return { key: keyOf(participant, kind), kind, participant, isOwn: participant.session === own };
}

function chooseMain(data: CallData, view: View, cameras: Tile[], screens: Tile[]): Tile | null {
  const pinned = [...screens, ...cameras].find((one) => one.key === view.pinned);
  if (pinned) return pinned;
  const screen = screens.find((one) => !one.isOwn) ?? screens[0];
  if (screen) return screen;
  if (view.layout === "grid") return null;
  const others = cameras.filter((one) => !one.isOwn);
  const latest = [...others].sort((a, b) => data.spokeAt(b.participant.session) - data.spokeAt(a.participant.session));
  return latest[0] ?? cameras[0] ?? null;
}

/** At most `most`: those shown before stay where they are; who speaks unseen takes the place of the longest silent. */
function chooseTiles(data: CallData, view: View, candidates: Tile[]): Tile[] {
  const byKey = new Map(candidates.map((one) => [one.key, one]));
  const kept = view.before.flatMap((key) => byKey.get(key) ?? []);
  const rest = candidates.filter((one) => !view.before.includes(one.key));
  const voice = (one: Tile) => data.spokeAt(one.participant.session);
  rest.sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || voice(b) - voice(a));
  const shown = [...kept, ...rest].slice(0, view.most);
  const unseen = [...kept, ...rest].slice(view.most);
  for (const speaker of unseen.filter((one) => data.speaking.includes(one.participant.session))) {
    const silent = shown.filter((one) => !one.isOwn && !data.speaking.includes(one.participant.session));
    const longest = silent.sort((a, b) => voice(a) - voice(b))[0];
    if (longest) shown[shown.indexOf(longest)] = speaker;
  }
  return shown;
}

export interface Grid {
  columns: number;
  width: number;
  height: number;
}

/** The largest tiles of this shape that all fit into the box. */
export function bestGrid(boxWidth: number, boxHeight: number, count: number, gap: number, shape = 16 / 9): Grid {
  let best: Grid = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const roomX = (boxWidth - gap * (columns - 1)) / columns;
    const roomY = (boxHeight - gap * (rows - 1)) / rows;
    const width = Math.floor(Math.min(roomX, roomY * shape));
    if (width > best.width) best = { columns, width, height: Math.floor(width / shape) };
  }
  return best;
}

const CAMERA = 16 / 9;

/** Faces as large as may be: a tile less wide than a camera's picture shows its middle, which counts for less. */
export function bestTiles(boxWidth: number, boxHeight: number, count: number, gap: number): Grid {
  // Phones held upright send upright pictures.
  if (boxWidth < boxHeight) return bestGrid(boxWidth, boxHeight, count, gap, 4 / 5);
  const worth = (grid: Grid, shape: number) => grid.width * grid.height * Math.sqrt(shape / CAMERA);
  const grids = [CAMERA, 4 / 3, 1].map((shape) => ({ shape, grid: bestGrid(boxWidth, boxHeight, count, gap, shape) }));
  grids.sort((a, b) => worth(b.grid, b.shape) - worth(a.grid, a.shape));
  return grids[0]?.grid ?? bestGrid(boxWidth, boxHeight, count, gap);
}

/** How many tiles a stage of this size can show and still be of use; the server has nine places for pictures. */
export function mostTiles(boxWidth: number, boxHeight: number): number {
  const room = Math.floor((boxWidth * boxHeight) / (150 * 110));
  return Math.max(2, Math.min(boxWidth < 500 ? 6 : 9, room));
}
