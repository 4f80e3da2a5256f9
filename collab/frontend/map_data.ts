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

/** South-west and north-east corners that hold all points; all of France when there are none. */
export function bounds(points: Point[]): [[number, number], [number, number]] {
  if (!points.length) return [[42.2, -4.8], [51.1, 8.3]];
  const latitudes = points.map((point) => point.latitude);
  const longitudes = points.map((point) => point.longitude);
  return [
    [Math.min(...latitudes), Math.min(...longitudes)],
    [Math.max(...latitudes), Math.max(...longitudes)],
  ];
}
