/**
 * A map of points, each a link:
 *   {{ points|json_script:"points" }}<collab-map points="points" label="Groupes et événements"></collab-map>
 * with points like {latitude, longitude, title, url, kind: "group" | "event", text}.
 * Tiles come from the address in base.html; where they cannot load, the points stand on a plain ground. The same
 * points are a list under the map, for whoever prefers words.
 */
import "leaflet/dist/leaflet.css";
import "./style/map.css";
import { divIcon, type LayerGroup, layerGroup, type Map as LeafletMap, map, marker, tileLayer } from "leaflet";
import { bounds, type Cluster, cluster, parsePoints, type Point } from "./map_data";
import { t } from "./text";

const MARKER_PX = 36;
const CLOSEST_ZOOM = 13;
const LISTED_IN_POPUP = 6;

class CollabMap extends HTMLElement {
  private leaflet: LeafletMap | null = null;
  private markers: LayerGroup = layerGroup();
  private points: Point[] = [];

  connectedCallback(): void {
    if (this.leaflet) return;
    const script = document.getElementById(this.getAttribute("points") ?? "");
    this.points = parsePoints(JSON.parse(script?.textContent ?? "[]"));
    const ground = document.createElement("div");
    ground.className = "map-ground";
    ground.setAttribute("role", "region");
    ground.setAttribute("aria-label", this.getAttribute("label") || t("Carte"));
    this.replaceChildren(ground, this.list());
    this.leaflet = map(ground, { maxZoom: 18, minZoom: 3, scrollWheelZoom: false, zoomSnap: 0.5 });
    this.leaflet.attributionControl.setPrefix("");
    this.tiles(this.leaflet, ground);
    this.markers.addTo(this.leaflet);
    this.leaflet.on("zoomend", () => this.draw());
    this.leaflet.fitBounds(bounds(this.points), { padding: [40, 40], maxZoom: CLOSEST_ZOOM });
    this.draw();
    // The wheel zooms once the map is in use; until then it scrolls the page.
    ground.addEventListener("focusin", () => this.leaflet?.scrollWheelZoom.enable());
    ground.addEventListener("focusout", () => this.leaflet?.scrollWheelZoom.disable());
  }

  disconnectedCallback(): void {
    this.leaflet?.remove();
    this.leaflet = null;
  }

  private tiles(leaflet: LeafletMap, ground: HTMLElement): void {
    const { mapTiles, mapAttribution } = document.documentElement.dataset;
    if (!mapTiles) return void ground.classList.add("no-tiles");
    const layer = tileLayer(mapTiles, { attribution: escaped(mapAttribution ?? "") });
    layer.once("tileload", () => ground.classList.remove("no-tiles"));
    layer.once("tileerror", () => {
      ground.classList.add("no-tiles");
    });
    layer.addTo(leaflet);
  }

  private draw(): void {
    const leaflet = this.leaflet;
    if (!leaflet) return;
    this.markers.clearLayers();
    const place = (point: Point) => leaflet.latLngToLayerPoint([point.latitude, point.longitude]);
    for (const shared of cluster(this.points, place, MARKER_PX)) this.markers.addLayer(this.marker(shared));
  }

  private marker({ points }: Cluster) {
    const [first] = points;
    const kinds = new Set(points.map((point) => point.kind));
    const kind = kinds.size === 1 ? first!.kind : "mixed";
    const icon = divIcon({
      className: `map-marker ${kind}`,
      html: points.length > 1 ? `<span>${points.length}</span>` : "<span></span>",
      iconSize: [MARKER_PX, MARKER_PX],
    });
    const name = points.length > 1 ? t("%(n)s lieux ici", { n: points.length }) : first!.title;
    const pin = marker([first!.latitude, first!.longitude], { icon, title: name, alt: name, keyboard: true });
    pin.bindPopup(() => this.popup(points));
    return pin;
  }

  private popup(points: Point[]): HTMLElement {
    const list = document.createElement("ul");
    list.className = "map-popup";
    list.append(...points.slice(0, LISTED_IN_POPUP).map(entry));
    if (points.length > LISTED_IN_POPUP) {
      const more = document.createElement("li");
      more.className = "meta";
      more.textContent = t("et %(n)s de plus : zoomez", { n: points.length - LISTED_IN_POPUP });
      list.append(more);
    }
    return list;
  }

  private list(): HTMLElement {
    const details = document.createElement("details");
    details.className = "map-list";
    const summary = document.createElement("summary");
    summary.textContent = t("La carte en liste (%(n)s)", { n: this.points.length });
    const list = document.createElement("ul");
    list.className = "list";
    list.append(...this.points.map(entry));
    details.append(summary, list);
    details.hidden = this.points.length === 0;
    return details;
  }
}

function entry(point: Point): HTMLLIElement {
  const element = document.createElement("li");
  const link = document.createElement("a");
  link.href = point.url;
  link.textContent = point.title;
  element.append(link);
  if (point.text) {
    const text = document.createElement("span");
    text.className = "meta";
    text.textContent = point.text;
    element.append(" ", text);
  }
  return element;
}

/** Leaflet takes the attribution as HTML. */
function escaped(text: string): string {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML;
}

customElements.define("collab-map", CollabMap);
