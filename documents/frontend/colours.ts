/** The cursor's colour for each hue of `@collab/avatar`. White text on each has a contrast of at least 4.5 : 1. */
import { hue } from "@collab/avatar";

const COLOURS = [
  "#a51c3a", "#a8321a", "#8f4f10", "#736012", "#4c6b14", "#17703a",
  "#0f6f57", "#0d6a78", "#1b5fa3", "#3540b8", "#5f33b0", "#962a86",
] as const;

export const colourOf = (personId: string): string => COLOURS[hue(personId) || 0] ?? COLOURS[0];
