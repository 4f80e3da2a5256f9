/** What a map shows: points from the page's JSON, and which of them share a marker. */
export interface Point {
  latitude: number;
  longitude: number;
  title: string;
  url: string;
  kind: string;
  text: string;
}

export interface Cluster {
  points: Point[];
  x: number;
  y: number;
}

/** Unknown JSON becomes points; what is not one is left out. */
export function parsePoints(json: unknown): Point[] {
  if (!Array.isArray(json)) return [];
  return json.flatMap((item: unknown) => {
    const { latitude, longitude, title, url, kind, text } = (item ?? {}) as Record<string, unknown>;
    if (typeof latitude !== "number" || typeof longitude !== "number" || typeof title !== "string") return [];
    const said = (value: unknown) => (typeof value === "string" ? value : "");
    return [{ latitude, longitude, title, url: said(url), kind: said(kind), text: said(text) }];
  });
}

/** Points whose markers would lie on each other share one, in the middle of the first. Stable in the points' order. */
export function cluster(points: Point[], place: (point: Point) => { x: number; y: number }, cell: number): Cluster[] {
  const clusters: Cluster[] = [];
  for (const point of points) {
    const { x, y } = place(point);
    const near = clusters.find((other) => Math.abs(other.x - x) < cell && Math.abs(other.y - y) < cell);
    if (near) near.points.push(point);
    else clusters.push({ points: [point], x, y });
  }
  return clusters;
}

const FAR_DEGREES = 12;

/**
 * South-west and north-east corners to begin with; all of France when there are no points. What is an ocean away from
 * the middle of things is a zoom away: one group on La Réunion does not make the map begin with Africa.
 */
export function bounds(points: Point[]): [[number, number], [number, number]] {
  if (!points.length) return [[42.2, -4.8], [51.1, 8.3]];
  const [middleLatitude, middleLongitude] = [median(points, "latitude"), median(points, "longitude")];
  const near = points.filter(
    ({ latitude, longitude }) =>
      Math.abs(latitude - middleLatitude) < FAR_DEGREES && Math.abs(longitude - middleLongitude) < FAR_DEGREES,
  );
  const latitudes = (near.length ? near : points).map((point) => point.latitude);
  const longitudes = (near.length ? near : points).map((point) => point.longitude);
  return [
    [Math.min(...latitudes), Math.min(...longitudes)],
    [Math.max(...latitudes), Math.max(...longitudes)],
  ];
}

function median(points: Point[], key: "latitude" | "longitude"): number {
  const sorted = points.map((point) => point[key]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
