import { describe, expect, it } from "vitest";
import { endFollowsStart, newEnd } from "./event_form";

describe("the end of an event", () => {
  it("is two hours after the start when there is none, or it lies before", () => {
    expect(newEnd("", "2026-11-24T18:30", "")).toBe("2026-11-24T20:30");
    expect(newEnd("", "2026-11-24T18:30", "2026-11-24T09:00")).toBe("2026-11-24T20:30");
    expect(newEnd("", "2026-11-24T18:30", "2026-11-24T19:00")).toBeNull();
  });

  it("keeps its distance when the start moves, over midnight and the change of clocks too", () => {
    expect(newEnd("2026-11-24T18:30", "2026-11-25T23:00", "2026-11-24T20:00")).toBe("2026-11-26T00:30");
    expect(newEnd("2026-03-28T22:00", "2026-03-29T01:00", "2026-03-28T23:30")).toBe("2026-03-29T02:30");
  });

  it("is left alone while the start is not a time", () => {
    expect(newEnd("2026-11-24T18:30", "", "2026-11-24T20:00")).toBeNull();
  });

  it("follows a start that was there before the script", () => {
    document.body.innerHTML = `<form><input name="starts_at" value="2026-11-24T18:30"><input name="ends_at"></form>`;
    endFollowsStart(document.querySelector("form")!);
    expect(document.querySelector<HTMLInputElement>('[name="ends_at"]')!.value).toBe("2026-11-24T20:30");
  });

  it("follows the fields of the form", () => {
    document.body.innerHTML = `<form><input type="datetime-local" name="starts_at"><input type="datetime-local" name="ends_at"></form>`;
    const form = document.querySelector("form")!;
    endFollowsStart(form);
    const [start, end] = form.querySelectorAll("input") as unknown as [HTMLInputElement, HTMLInputElement];
    start.value = "2026-11-24T18:30";
    start.dispatchEvent(new Event("change"));
    start.value = "2026-11-25T10:00";
    start.dispatchEvent(new Event("change"));
    expect(end.value).toBe("2026-11-25T12:00");
  });
});
