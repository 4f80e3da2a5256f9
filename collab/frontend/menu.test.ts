import { beforeEach, expect, test } from "vitest";
import { closeMenus } from "./menu";

closeMenus(document);

beforeEach(() => {
  document.body.innerHTML =
    '<details class="menu" open><summary>Menu</summary><a href="#">Profil</a></details><button>Ailleurs</button>';
});

const menu = () => document.querySelector("details")!;

test("Escape closes and gives the focus back", () => {
  document.querySelector("a")!.focus();
  document.querySelector("a")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect(menu().open).toBe(false);
  expect(document.activeElement?.tagName).toBe("SUMMARY");
});

test("a click elsewhere closes, a click inside does not", () => {
  document.querySelector("a")!.click();
  expect(menu().open).toBe(true);
  document.querySelector("button")!.click();
  expect(menu().open).toBe(false);
});

test("a focus that leaves closes", () => {
  document.querySelector("button")!.focus();
  expect(menu().open).toBe(false);
});
