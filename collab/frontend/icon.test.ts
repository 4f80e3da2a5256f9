import { beforeEach, expect, test } from "vitest";
import { icon } from "./icon";

beforeEach(() => {
  document.documentElement.dataset.icons = "/static/assets/icons-x.svg";
});

test("an icon points into the sprite", () => {
  expect(icon("hand").querySelector("use")?.getAttribute("href")).toBe("/static/assets/icons-x.svg#hand");
});

test("an icon is silent unless it has a label", () => {
  expect(icon("hand").getAttribute("aria-hidden")).toBe("true");
  const labelled = icon("hand", "Main levée");
  expect(labelled.getAttribute("role")).toBe("img");
  expect(labelled.getAttribute("aria-label")).toBe("Main levée");
  expect(labelled.hasAttribute("aria-hidden")).toBe(false);
});
