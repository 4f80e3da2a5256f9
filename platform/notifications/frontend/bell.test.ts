import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Link, type Wire } from "@collab/socket_link";
import { Bell } from "./bell";

const PERSON = "0b0d4b9e-0000-4000-8000-000000000001";
const notice = (number: number, read = false) => ({
  id: `id-${number}`,
  number,
  kind: "mentioned",
  url: "/",
  facts: { who: "Inès", document: `Tract ${number}` },
  at: new Date().toISOString(),
  read,
});

/** The server's end of the socket. */
class Server implements Wire {
  readyState = 1;
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  readonly heard: { type: string; data: Record<string, unknown> }[] = [];
  private seq = 0;

  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }

  close(): void {}

  tell(type: string, data: object): void {
    const frame = { v: 1, topic: `inbox:${PERSON}`, seq: ++this.seq, type, data };
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

let server: Server;
let bell: Bell;

async function ring(...latest: ReturnType<typeof notice>[]): Promise<void> {
  server.tell("topic.picture", {
    epoch: "e",
    data: { unread: latest.filter((each) => !each.read).length, latest },
  });
  await bell.updateComplete;
}

const button = () => bell.querySelector<HTMLButtonElement>(".bell-button")!;
const panel = () => bell.querySelector<HTMLDialogElement>("dialog")!;
const lines = () => [...bell.querySelectorAll<HTMLElement>(".bell-item")];

async function press(element: HTMLElement | null): Promise<void> {
  element!.click();
  await bell.updateComplete;
  await Promise.resolve();
}

/** jsdom has the element without its methods. */
function openDialogs(): void {
  HTMLDialogElement.prototype.show = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
}

beforeEach(async () => {
  vi.useFakeTimers();
  openDialogs();
  window.matchMedia = (() => ({ matches: false })) as unknown as typeof window.matchMedia;
  document.body.dataset["person"] = PERSON;
  server = new Server();
  bell = new Bell();
  bell.innerHTML = `<a href="/notifications/">Notifications</a>`;
  bell.link = new Link({ open: () => server, online: () => true });
  document.body.append(bell);
  server.onopen?.({});
  await bell.updateComplete;
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("the bell", () => {
  it("takes the place of the link and follows its person's inbox", () => {
    expect(bell.querySelector('a[href="/notifications/"]')).toBeNull();
    expect(server.heard.map((frame) => frame.data["topic"])).toContain(`inbox:${PERSON}`);
  });

  it("counts what is unread, to the eye and in its name", async () => {
    await ring(notice(2), notice(1, true));
    expect(bell.querySelector(".bell-count")?.textContent).toBe("1");
    expect(button().getAttribute("aria-label")).toContain("1");
    server.tell("notification.read", { up_to: 2, ids: [], unread: 0 });
    await bell.updateComplete;
    expect(bell.querySelector(".bell-count")).toBeNull();
  });

  it("lists the latest with a link that marks as read, and says which are not", async () => {
    await ring(notice(2), notice(1, true));
    await press(button());
    expect(lines().map((line) => line.hasAttribute("data-unread"))).toEqual([true, false]);
    expect(lines()[0]!.querySelector("a")!.getAttribute("href")).toBe("/notifications/id-2/");
    expect(lines()[0]!.textContent).toContain("Inès vous mentionne dans « Tract 2 »");
  });

  it("asks the server to mark one or all, and changes when the server says so", async () => {
    await ring(notice(2), notice(1));
    await press(button());
    await press(lines()[0]!.querySelector("button"));
    expect(server.heard.at(-1)).toMatchObject({ type: "inbox.read", data: { ids: ["id-2"] } });
    expect(lines()[0]!.hasAttribute("data-unread")).toBe(true);
    await press(bell.querySelector(".bell-head .button"));
    expect(server.heard.at(-1)).toMatchObject({ type: "inbox.read", data: { up_to: 2 } });
    server.tell("notification.read", { up_to: 2, ids: [], unread: 0 });
    await bell.updateComplete;
    expect(lines().some((line) => line.hasAttribute("data-unread"))).toBe(false);
  });

  it("closes at Escape and gives the focus back", async () => {
    await ring(notice(1));
    await press(button());
    expect(panel().open && button().getAttribute("aria-expanded")).toBe("true");
    panel().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    await vi.advanceTimersByTimeAsync(1);
    expect(panel().open).toBe(false);
    expect(button().getAttribute("aria-expanded")).toBe("false");
    expect(document.activeElement).toBe(button());
  });

  it("says one sentence for one, and a number for many that come together", async () => {
    await ring();
    server.tell("notification.added", { notice: notice(1) });
    await vi.advanceTimersByTimeAsync(2000);
    expect(bell.querySelector('[role="status"]')?.textContent).toBe("Inès vous mentionne dans « Tract 1 »");
    for (const number of [2, 3, 4]) server.tell("notification.added", { notice: notice(number) });
    await vi.advanceTimersByTimeAsync(2000);
    expect(bell.querySelector('[role="status"]')?.textContent).toBe("3 nouvelles notifications");
  });
});
