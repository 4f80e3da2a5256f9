/** The chat of a page: what the server has, and what is on its way there. Nothing here is changed, only replaced. */
import type { Line } from "./room_data";

/** Written here and not yet kept by the server, or refused by it. */
export interface Pending {
  id: string;
  text: string;
  at: string;
  /** The server's sentence, once it said no. */
  refusal?: string;
}

export interface Chat {
  lines: readonly Line[];
  /** Whether the server has lines before the first one. */
  earlier: boolean;
  pending: readonly Pending[];
  /** The last line that was on screen while somebody looked. */
  read: number;
}

export function openChat(lines: readonly Line[], earlier: boolean): Chat {
  return { lines, earlier, pending: [], read: lines.at(-1)?.number ?? 0 };
}

/** A fresh picture after an absence: earlier lines that were asked for stay, unless there is a hole between. */
export function takePicture(chat: Chat, lines: readonly Line[], earlier: boolean): Chat {
  const first = lines[0]?.number ?? 0;
  const before = chat.lines.filter((line) => line.number < first);
  const joined = before.at(-1)?.number === first - 1;
  return settle(joined ? { ...chat, lines: [...before, ...lines] } : { ...chat, lines, earlier });
}

export function takeLine(chat: Chat, line: Line): Chat {
  if (chat.lines.some((known) => known.id === line.id)) return chat;
  return settle({ ...chat, lines: [...chat.lines, line] });
}

export function bury(chat: Chat, id: string): Chat {
  return { ...chat, lines: chat.lines.map((line) => (line.id === id ? { ...line, text: null } : line)) };
}

export function takeEarlier(chat: Chat, lines: readonly Line[], earlier: boolean): Chat {
  const first = chat.lines[0]?.number ?? Infinity;
  return { ...chat, lines: [...lines.filter((line) => line.number < first), ...chat.lines], earlier };
}

export function write(chat: Chat, pending: Pending): Chat {
  return { ...chat, pending: [...chat.pending.filter((one) => one.id !== pending.id), pending] };
}

export function refuse(chat: Chat, id: string, refusal: string): Chat {
  return { ...chat, pending: chat.pending.map((one) => (one.id === id ? { ...one, refusal } : one)) };
}

export function forget(chat: Chat, id: string): Chat {
  return { ...chat, pending: chat.pending.filter((one) => one.id !== id) };
}

export function look(chat: Chat): Chat {
  const read = Math.max(chat.read, chat.lines.at(-1)?.number ?? 0);
  return read === chat.read ? chat : { ...chat, read };
}

/** Lines of others that nobody looked at here. */
export function unread(chat: Chat, me: string): number {
  return chat.lines.filter((line) => line.number > chat.read && line.author !== me && line.text !== null).length;
}

/** A line announced is no longer on its way. */
function settle(chat: Chat): Chat {
  const known = new Set(chat.lines.map((line) => line.id));
  return { ...chat, pending: chat.pending.filter((one) => !known.has(one.id)) };
}

const TOGETHER_MS = 5 * 60_000;

export interface Block {
  /** Set where a new day begins. */
  day: Date | null;
  /** Whether the mark "new" stands before it. */
  isFirstNew: boolean;
  author: string | null;
  name: string;
  at: Date;
  lines: Line[];
}

/** Lines of one person that follow closely share one head. `newAfter`: where the mark "new" stands, or null. */
export function blocks(lines: readonly Line[], newAfter: number | null): Block[] {
  const all: Block[] = [];
  let marked = false;
  for (const line of lines) {
    const at = new Date(line.at);
    const last = all.at(-1);
    const day = last && sameDay(lastTime(last), at) ? null : at;
    const isFirstNew: boolean = !marked && newAfter !== null && line.number > newAfter;
    marked ||= isFirstNew;
    const close = last && last.author === line.author && at.getTime() - lastTime(last).getTime() < TOGETHER_MS;
    if (last && close && !day && !isFirstNew) last.lines.push(line);
    else all.push({ day, isFirstNew, author: line.author, name: line.name, at, lines: [line] });
  }
  return all;
}

function lastTime(block: Block): Date {
  return new Date(block.lines.at(-1)?.at ?? block.at);
}

function sameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}
