import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Announcer } from "./announcer";
import { Panel } from "./panel";
import type { RoomLive } from "./room_live";

describe("the announcer", () => {
  let tell: (type: string, data: any) => void;
  let region: HTMLElement;

  beforeEach(() => {
    vi.useFakeTimers();
    region = document.createElement("div");
    const room = {
      me: { id: "me", name: "Moi" },
      assembly: { polls: [{ id: "p", question: "Pour ?", roll: 4, tally: { yes: 1, no: 0, abstain: 0 } }], items: [] },
      onTold: (listener: typeof tell) => ((tell = listener), () => undefined),
    } as unknown as RoomLive;
    new Announcer(region, room);
  });
  afterEach(() => void vi.useRealTimers());

  const said = () => {
    vi.advanceTimersByTime(1000);
    return region.textContent;
  };

  it("joins a burst and keeps the last of it", () => {
    for (let n = 1; n <= 6; n++) tell("hand.raised", { hand: { person: `p${n}`, name: `Nour ${n}` } });
    expect(region.textContent).toBe("");
    expect(said()).toBe([3, 4, 5, 6].map((n) => `Nour ${n} lève la main.`).join(" "));
  });

  it("speaks of me as you, and not of what I wrote", () => {
    tell("chat.posted", { line: { author: "me", name: "Moi", text: "bonjour" } });
    tell("floor.given", { floor: { person: "me", name: "Moi" } });
    expect(said()).toBe("Vous avez la parole.");
  });

  it("says a vote's question and its end", () => {
    tell("poll.opened", { poll: "p" });
    expect(said()).toContain("Pour ?");
    tell("poll.closed", { poll: "p" });
    expect(said()).toContain("1 vote sur 4");
  });

  it("leaves nothing behind of a message that was removed", () => {
    tell("chat.posted", { line: { author: "chloe", name: "Chloé", text: "trop vite" } });
    expect(said()).toContain("trop vite");
    tell("chat.removed", { message: "m" });
    expect(said()).toBe("");
  });

  it("keeps quiet about words it does not know", () => {
    tell("something.new", {});
    expect(said()).toBe("");
  });
});

describe("the panel", () => {
  const names = ["chat", "notes", "parole"];
  let panel: Panel;
  let chosen: string[];

  beforeEach(() => {
    chosen = [];
    document.body.innerHTML =
      `<div role="tablist">${names.map((name) => `<button role="tab" id="tab-${name}" aria-controls="panel-${name}">${name}<b data-mark></b></button>`).join("")}</div>` +
      names.map((name) => `<div id="panel-${name}"><p></p></div>`).join("");
    panel = new Panel(document.querySelector("[role=tablist]")!, (name) => chosen.push(name));
    panel.choose("chat");
  });

  const press = (key: string) =>
    document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

  it("shows one panel and has one tab stop", () => {
    panel.choose("notes");
    expect(names.filter((name) => !document.getElementById(`panel-${name}`)!.hidden)).toEqual(["notes"]);
    expect([...document.querySelectorAll<HTMLElement>("[role=tab]")].map((tab) => tab.tabIndex)).toEqual([-1, 0, -1]);
    expect(chosen).toEqual(["chat", "notes"]);
  });

  it("goes round by arrows, and to the ends", () => {
    document.getElementById("tab-chat")!.focus();
    for (const key of ["ArrowLeft", "ArrowRight", "End", "Home", "ArrowRight"]) press(key);
    expect(chosen).toEqual(["chat", "parole", "chat", "parole", "chat", "notes"]);
    expect(document.activeElement!.id).toBe("tab-notes");
    press("x");
    expect(panel.current).toBe("notes");
  });

  it("tells a part when it comes into sight and leaves it", () => {
    const seen: boolean[] = [];
    document.querySelector("#panel-chat p")!.addEventListener("room-shown", (event) => seen.push((event as CustomEvent).detail));
    panel.choose("notes");
    panel.choose("chat");
    expect(seen).toEqual([false, true]);
  });

  it("marks a tab with a number that is also said", () => {
    const mark = document.querySelector("#tab-chat [data-mark]")!;
    panel.mark("chat", 3, "nouveaux messages");
    expect(mark.textContent).toBe("3 nouveaux messages");
    panel.mark("chat", 140, "nouveaux messages");
    expect(mark.textContent).toBe("99+ nouveaux messages");
    panel.mark("chat", 0, "nouveaux messages");
    expect(mark.childNodes).toHaveLength(0);
    panel.mark("nowhere", 1);
  });
});
