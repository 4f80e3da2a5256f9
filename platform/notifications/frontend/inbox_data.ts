/** What the bell knows of the inbox, without the DOM: the picture, and what each announcement makes of it. */

export const LATEST = 20;

export interface Notice {
  id: string;
  number: number;
  kind: string;
  facts: Record<string, string>;
  at: string;
  read: boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readFacts(raw: unknown): Record<string, string> {
  const pairs = isRecord(raw) ? Object.entries(raw) : [];
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

export function readNotice(raw: unknown): Notice | null {
  if (!isRecord(raw)) return null;
  const { id, number, kind, at, read } = raw;
  if (typeof id !== "string" || typeof number !== "number" || typeof kind !== "string") return null;
  return { id, number, kind, facts: readFacts(raw["facts"]), at: typeof at === "string" ? at : "", read: read === true };
}

export class Inbox {
  unread = 0;
  /** The newest first. */
  latest: readonly Notice[] = [];

  get lastNumber(): number {
    return this.latest[0]?.number ?? 0;
  }

  picture(raw: unknown): void {
    const { unread, latest } = isRecord(raw) ? raw : {};
    this.unread = typeof unread === "number" ? unread : 0;
    this.latest = (Array.isArray(latest) ? latest : []).map(readNotice).filter((notice) => notice !== null);
  }

  /** The notice that was added, if this announcement adds one. */
  message(type: string, raw: unknown): Notice | null {
    const data = isRecord(raw) ? raw : {};
    if (type === "notification.added") return this.add(readNotice(data["notice"]));
    if (type === "notification.read") this.markRead(data);
    return null;
  }

  private add(notice: Notice | null): Notice | null {
    if (!notice) return null;
    this.latest = [notice, ...this.latest].slice(0, LATEST);
    this.unread += 1;
    return notice;
  }

  private markRead(data: Record<string, unknown>): void {
    const upTo = typeof data["up_to"] === "number" ? data["up_to"] : 0;
    const ids = new Set(Array.isArray(data["ids"]) ? data["ids"] : []);
    this.latest = this.latest.map((one) => (one.number <= upTo || ids.has(one.id) ? { ...one, read: true } : one));
    if (typeof data["unread"] === "number") this.unread = data["unread"];
  }
}
