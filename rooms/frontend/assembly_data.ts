/** What a page knows of an assembly: the topic `assembly:<id>`, docs/protocol/rooms.md. */

export type Choice = "yes" | "no" | "abstain";
export const CHOICES: readonly Choice[] = ["yes", "no", "abstain"];

export type Tally = Record<Choice, number>;

export interface Item {
  id: string;
  title: string;
  minutes: number;
  state: "pending" | "running" | "done";
  started_at: string | null;
}

export interface Poll {
  id: string;
  question: string;
  state: "draft" | "open" | "closed";
  roll: number;
  roll_hash: string;
  tally: Tally;
  opened_at: string | null;
  closed_at: string | null;
}

export interface AssemblyPicture {
  id: string;
  room: string;
  title: string;
  state: "draft" | "open" | "closed";
  opened_at: string | null;
  closed_at: string | null;
  items: Item[];
  polls: Poll[];
}

export function drawAssembly(picture: AssemblyPicture, type: string, data: any): AssemblyPicture {
  switch (type) {
    case "assembly.opened":
      return { ...picture, state: "open", opened_at: data.at };
    case "assembly.renamed":
      return { ...picture, title: data.title };
    case "assembly.closed":
      return { ...picture, state: "closed", closed_at: data.at, items: ended(picture.items) };
    case "agenda.added":
      return { ...picture, items: [...picture.items.filter((item) => item.id !== data.item.id), data.item] };
    case "agenda.removed":
      return { ...picture, items: picture.items.filter((item) => item.id !== data.item) };
    case "agenda.moved":
      return { ...picture, items: moved(picture.items, data.running, data.at) };
    case "poll.created":
      return { ...picture, polls: [...picture.polls.filter((poll) => poll.id !== data.poll.id), data.poll] };
    case "poll.dropped":
      return { ...picture, polls: picture.polls.filter((poll) => poll.id !== data.poll) };
    case "poll.opened":
      return change(picture, data.poll, {
        state: "open",
        opened_at: data.at,
        roll: data.roll,
        roll_hash: data.roll_hash,
      });
    case "poll.tally":
      return change(picture, data.poll, { tally: data.tally });
    case "poll.closed":
      return change(picture, data.poll, { state: "closed", closed_at: data.at, tally: data.tally });
    default:
      return picture;
  }
}

export function cast(tally: Tally): number {
  return tally.yes + tally.no + tally.abstain;
}

/** Of the ballots cast, rounded. */
export function percent(tally: Tally, choice: Choice): number {
  return Math.round((100 * tally[choice]) / Math.max(1, cast(tally)));
}

export function running(picture: AssemblyPicture): Item | undefined {
  return picture.items.find((item) => item.state === "running");
}

function change(picture: AssemblyPicture, id: string, facts: Partial<Poll>): AssemblyPicture {
  return { ...picture, polls: picture.polls.map((poll) => (poll.id === id ? { ...poll, ...facts } : poll)) };
}

function ended(items: Item[]): Item[] {
  return items.map((item) => (item.state === "running" ? { ...item, state: "done" as const } : item));
}

function moved(items: Item[], to: string | null, at: string): Item[] {
  return ended(items).map((item) => (item.id === to ? { ...item, state: "running" as const, started_at: at } : item));
}
