/** How good this page's connection is, from two looks at WebRTC's statistics. No DOM. */

export type Quality = "good" | "fair" | "poor" | "unknown";

/** Sums over a peer connection at one moment. */
export interface Look {
  at: number;
  received: number;
  lost: number;
  bytesIn: number;
  bytesOut: number;
  roundTrip: number | null;
  /** What the other end says it lost of ours, 0–1. */
  lostOut: number;
}

export interface Figures {
  quality: Quality;
  kbitIn: number;
  kbitOut: number;
  lossPercent: number;
  roundTripMs: number | null;
}

export const NO_FIGURES: Figures = { quality: "unknown", kbitIn: 0, kbitOut: 0, lossPercent: 0, roundTripMs: null };

export function look(reports: Iterable<Record<string, any>>, at: number): Look {
  const sum: Look = { at, received: 0, lost: 0, bytesIn: 0, bytesOut: 0, roundTrip: null, lostOut: 0 };
  for (const report of reports) {
    if (report["type"] === "inbound-rtp") {
      sum.received += number(report["packetsReceived"]);
      sum.lost += Math.max(0, number(report["packetsLost"]));
      sum.bytesIn += number(report["bytesReceived"]);
    } else if (report["type"] === "outbound-rtp") {
      sum.bytesOut += number(report["bytesSent"]);
    } else if (report["type"] === "remote-inbound-rtp") {
      sum.lostOut = Math.max(sum.lostOut, number(report["fractionLost"]));
    } else if (report["type"] === "candidate-pair" && report["nominated"]) {
      const time = report["currentRoundTripTime"];
      if (typeof time === "number") sum.roundTrip = Math.max(sum.roundTrip ?? 0, time);
    }
  }
  return sum;
}

export function compare(before: Look, now: Look): Figures {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const received = Math.max(0, now.received - before.received);
  const lost = Math.max(0, now.lost - before.lost);
  const lossIn = received + lost > 0 ? lost / (received + lost) : 0;
  const loss = Math.max(lossIn, now.lostOut);
  const roundTripMs = now.roundTrip === null ? null : Math.round(now.roundTrip * 1000);
  return {
    quality: judge(loss, roundTripMs),
    kbitIn: Math.round((Math.max(0, now.bytesIn - before.bytesIn) * 8) / 1000 / seconds),
    kbitOut: Math.round((Math.max(0, now.bytesOut - before.bytesOut) * 8) / 1000 / seconds),
    lossPercent: Math.round(loss * 1000) / 10,
    roundTripMs,
  };
}

/** Above 2 % loss or 250 ms people notice; above 8 % or 600 ms talking is hard. */
function judge(loss: number, roundTripMs: number | null): Quality {
  if (loss > 0.08 || (roundTripMs ?? 0) > 600) return "poor";
  if (loss > 0.02 || (roundTripMs ?? 0) > 250) return "fair";
  return "good";
}

const number = (value: unknown) => (typeof value === "number" ? value : 0);
