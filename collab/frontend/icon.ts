/** Lucide's drawings: `icon("hand")`. base.html says where the sprite is; `icons.json` lists what is in it. */
import type list from "./icons.json";

const SVG = "http://www.w3.org/2000/svg";
export type IconName = (typeof list)[number];

/** Silent beside words; with a label, an image that says so. */
export function icon(name: IconName, label = ""): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.classList.add("icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons ?? ""}#${name}`);
  svg.append(use);
  return svg;
}
