import { expect, test } from "vitest";
import { colourOf } from "./colours";

const persons = [...Array(12).keys()].map((hue) => `00000000-0000-4000-8000-00000000000${hue.toString(16)}`);

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

test("twelve colours, all of them readable under white letters", () => {
  const colours = persons.map(colourOf);
  expect(new Set(colours).size).toBe(12);
  for (const colour of colours) expect(1.05 / (luminance(colour) + 0.05), colour).toBeGreaterThanOrEqual(4.5);
});

test("a name that is no id still has a colour", () => {
  expect(colourOf("Inès")).toMatch(/^#[0-9a-f]{6}$/);
});
