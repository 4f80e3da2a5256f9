import { expect, it } from "vitest";

import { compare, look } from "./quality";

const inbound = (received: number, lost: number, bytes: number) => ({ type: "inbound-rtp", packetsReceived: received, packetsLost: lost, bytesReceived: bytes });
const pair = (seconds: number) => ({ type: "candidate-pair", nominated: true, currentRoundTripTime: seconds });

it("tells rates and losses between two looks", () => {
  const before = look([inbound(1000, 10, 100_000), { type: "outbound-rtp", bytesSent: 5_000 }, pair(0.02)], 1000);
  const now = look([inbound(1099, 11, 225_000), { type: "outbound-rtp", bytesSent: 30_000 }, pair(0.03)], 2000);
  expect(compare(before, now)).toEqual({ quality: "good", kbitIn: 1000, kbitOut: 200, lossPercent: 1, roundTripMs: 30 });
});

it.each([
  [0, 0.02, "good"], [5, 0.02, "fair"], [0, 0.4, "fair"], [20, 0.02, "poor"], [0, 0.9, "poor"],
])("calls %i lost in a hundred at %f s %s", (lost, seconds, quality) => {
  const before = look([inbound(0, 0, 0)], 0);
  expect(compare(before, look([inbound(100 - lost, lost, 1), pair(seconds)], 1000)).quality).toBe(quality);
});

it("hears from the other end what it lost of ours, and survives a restart of the counters", () => {
  const before = look([inbound(500, 5, 9_000)], 0);
  const now = look([inbound(1, 0, 10), { type: "remote-inbound-rtp", fractionLost: 0.5 }], 1000);
  expect(compare(before, now)).toMatchObject({ quality: "poor", kbitIn: 0 });
});
