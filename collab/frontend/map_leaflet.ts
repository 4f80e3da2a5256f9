/** Draws points on Leaflet. Loaded by map_element.ts when a map comes into view: it is by far the largest script. */
import "leaflet/dist/leaflet.css";
import { divIcon, layerGroup, type Map as LeafletMap, map, type Marker, marker, tileLayer } from "leaflet";
import { bounds, type Cluster, cluster, type Point } from "./map_data";
import { entry } from "./map_list";
import { t } from "./text";

const MARKER_PX = 36;
const CLOSEST_ZOOM = 13;
const LISTED_IN_POPUP = 6;

/** Returns what takes the map away again. */
export function drawMap(ground: HTMLElement, points: Point[]): () => void {
  const leaflet = map(ground, { maxZoom: 18, minZoom: 3, scrollWheelZoom: false, zoomSnap: 0.5 });
  leaflet.attributionControl.setPrefix("");
  addTiles(leaflet, ground);
  const markers = layerGroup().addTo(leaflet);
  const draw = () => {
    markers.clearLayers();
    const place = (point: Point) => leaflet.latLngToLayerPoint([point.latitude, point.longitude]);
    for (const shared of cluster(points, place, MARKER_PX)) markers.addLayer(pin(shared));
  };
  leaflet.on("zoomend", draw);
  leaflet.fitBounds(bounds(points), { padding: [40, 40], maxZoom: CLOSEST_ZOOM });
  draw();
  // The wheel zooms once the map is in use; until then it scrolls the page.
  ground.addEventListener("focusin", () => leaflet.scrollWheelZoom.enable());
  ground.addEventListener("focusout", () => leaflet.scrollWheelZoom.disable());
  return () => leaflet.remove();
}

/** The tiles' address comes from base.html. Where they cannot load, the points stand on squared paper. */
function addTiles(leaflet: LeafletMap, ground: HTMLElement): void {
  const { mapTiles, mapAttribution } = document.documentElement.dataset;
  ground.classList.add("no-tiles");
  if (!mapTiles) return;
  const layer = tileLayer(mapTiles, { attribution: escaped(mapAttribution ?? "") });
  layer.on("tileload", () => ground.classList.remove("no-tiles"));
  layer.addTo(leaflet);
}

function pin({ points }: Cluster): Marker {
  const first = points[0]!;
  const kinds = new Set(points.map((point) => point.kind));
  const kind = kinds.size === 1 ? first.kind : "mixed";
  const icon = divIcon({
    className: `map-marker ${kind}`,
    html: points.length > 1 ? `<span>${points.length}</span>` : "<span></span>",
    iconSize: [MARKER_PX, MARKER_PX],
  });
  const name = points.length > 1 ? t("%(n)s lieux ici", { n: points.length }) : first.title;
  const made = marker([first.latitude, first.longitude], { icon, title: name, alt: name, keyboard: true });
  // A <div> has no alt; this is its name.
  made.on("add", () => made.getElement()?.setAttribute("aria-label", name));
  return made.bindPopup(() => popup(points));
}

function popup(points: Point[]): HTMLElement {
  const list = document.createElement("ul");
  list.className = "map-popup";
  list.append(...points.slice(0, LISTED_IN_POPUP).map(entry));
  if (points.length > LISTED_IN_POPUP) {
    const more = document.createElement("li");
    more.className = "meta";
    more.textContent = t("et %(n)s de plus : zoomez", { n: points.length - LISTED_IN_POPUP });
    list.append(more);
  }
  return list;
}

/** Leaflet takes the attribution as HTML. */
function escaped(text: string): string {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML;
}
