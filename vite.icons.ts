import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
export const LIST = "collab/frontend/icons.json";
const FAVICON = "collab/frontend/favicon.svg";

/** Lucide's drawings of the listed icons as one file of symbols. `{% icon %}` and icon.ts point into it. */
export function sprite(names: string[]): string {
  const symbols = names.map((name) => {
    const svg = readFileSync(at(`node_modules/lucide-static/icons/${name}.svg`), "utf8");
    const drawing = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence -->${symbols.join("")}</svg>\n`;
}

/** Adds the sprite to the build, under the list's name in the manifest. A name that Lucide does not have stops it. */
export function icons(): Plugin {
  return {
    name: "collab-icons",
    apply: "build",
    buildStart() {
      this.addWatchFile(at(LIST));
      const names = JSON.parse(readFileSync(at(LIST), "utf8")) as string[];
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: LIST, source: sprite(names) });
      this.emitFile({ type: "asset", name: "favicon.svg", originalFileName: FAVICON, source: readFileSync(at(FAVICON)) });
    },
  };
}
