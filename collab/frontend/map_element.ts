/**
 * A map of points, each a link:
 *   {{ points|json_script:"points" }}<collab-map points="points" label="Groupes et événements"></collab-map>
 * with points like {latitude, longitude, title, url, kind: "group" | "event", text}.
 * The same points are a list under the map, for whoever prefers words.
 */
import "./style/map.css";
import { parsePoints, type Point } from "./map_data";
import { entry } from "./map_list";
import { t } from "./text";

class CollabMap extends HTMLElement {
  private seen: IntersectionObserver | null = null;
  private takeAway: (() => void) | null = null;

  connectedCallback(): void {
    const script = document.getElementById(this.getAttribute("points") ?? "");
    const points = parsePoints(JSON.parse(script?.textContent ?? "[]"));
    const ground = document.createElement("div");
    ground.className = "map-ground no-tiles";
    ground.setAttribute("role", "region");
    ground.setAttribute("aria-label", this.getAttribute("label") || t("Carte"));
    this.replaceChildren(ground, list(points));
    this.seen = new IntersectionObserver((entries) => {
      if (!entries.some((one) => one.isIntersecting)) return;
      this.seen?.disconnect();
      void this.draw(ground, points);
    });
    this.seen.observe(ground);
  }

  disconnectedCallback(): void {
    this.seen?.disconnect();
    this.takeAway?.();
    this.takeAway = null;
  }

  private async draw(ground: HTMLElement, points: Point[]): Promise<void> {
    const { drawMap } = await import("./map_leaflet");
    if (ground.isConnected) this.takeAway = drawMap(ground, points);
  }
}

function list(points: Point[]): HTMLElement {
  const details = document.createElement("details");
  details.className = "map-list";
  details.hidden = points.length === 0;
  const summary = document.createElement("summary");
  summary.textContent = t("La carte en liste (%(n)s)", { n: points.length });
  const entries = document.createElement("ul");
  entries.className = "list";
  entries.append(...points.map(entry));
  details.append(summary, entries);
  return details;
}

customElements.define("collab-map", CollabMap);
