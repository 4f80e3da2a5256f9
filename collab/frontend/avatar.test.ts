import { expect, test } from "vitest";
import { avatar, hue, initials } from "./avatar";

test.each([
  ["Inès Moreau", "IM"],
  ["Inès de la Motte", "IM"],
  ["nour", "N"],
  ["«", "?"],
  ["", "?"],
  ["🌹 Rosa L.", "RL"],
])("initials of %s", (name, letters) => expect(initials(name)).toBe(letters));

test("a person has the hue that the server gives her", () => {
  expect(hue("00000000-0000-4000-8000-00000000000d")).toBe(1);
  expect(hue("00000000-0000-4000-8000-0000000000ff")).toBe(255 % 12);
});

test("a picture says nothing to a screen reader: the name is beside it", () => {
  const picture = avatar("<b>Inès</b> Moreau", "00000000-0000-4000-8000-00000000000d", "large");
  expect(picture.className).toBe("avatar large");
  expect(picture.getAttribute("aria-hidden")).toBe("true");
  expect(picture.dataset.hue).toBe("1");
  expect(picture.children).toHaveLength(0);
});
