import { expect, test } from "vitest";
import { bounds, cluster, parsePoints, type Point } from "./map_data";

const point = (latitude: number, longitude: number, title = "Lieu"): Point => ({
  latitude, longitude, title, url: "/", kind: "group", text: "",
});

test("unknown JSON becomes points, or none", () => {
  expect(parsePoints({ no: "list" })).toEqual([]);
  expect(parsePoints(null)).toEqual([]);
  expect(parsePoints([null, 3, { latitude: "45", longitude: 4, title: "x" }, { latitude: 45, longitude: 4 }])).toEqual([]);
  expect(parsePoints([{ latitude: 45, longitude: 4, title: "Lyon", url: 7 }])).toEqual([
    { latitude: 45, longitude: 4, title: "Lyon", url: "", kind: "", text: "" },
  ]);
});

test("markers that would lie on each other are one", () => {
  const place = ({ latitude, longitude }: Point) => ({ x: longitude * 10, y: latitude * 10 });
  const made = cluster([point(0, 0), point(0, 1), point(9, 9), point(0, 0)], place, 30);
  expect(made.map((one) => one.points.length)).toEqual([3, 1]);
  expect(cluster([point(0, 0), point(0, 1)], place, 5)).toHaveLength(2);
});

test("a map holds its points", () => {
  expect(bounds([point(45, 4), point(46, 5), point(45.5, 3)])).toEqual([[45, 3], [46, 5]]);
});

test("one group across the ocean does not make the map begin with Africa", () => {
  expect(bounds([point(45, 4), point(46, 5), point(48, 2), point(-21, 55)])).toEqual([[45, 2], [48, 5]]);
});

test("a map of what is across the ocean begins there", () => {
  expect(bounds([point(-21, 55), point(-20.9, 55.4)])).toEqual([[-21, 55], [-20.9, 55.4]]);
});

test("a map without points is France", () => {
  const [[south, west], [north, east]] = bounds([]);
  expect(south < 43 && north > 51 && west < -4 && east > 8).toBe(true);
});
