/** What a page does when sockets, workers and rights come and go. Real connections are in tests/browser/test_call.py. */
import { LiveError, type Follower, type LiveState } from "@collab/socket_link";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Call } from "./call";

class Peer {
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: unknown = null;
  closed = false;
  restarts = 0;
  transceivers: any[] = [];
  async setRemoteDescription() {}
  async setLocalDescription(description: any) {
    this.localDescription = description;
    this.transceivers.forEach((one, at) => (one.mid = String(at)));
  }
  async createAnswer() {
    return { type: "answer", sdp: "answer" };
  }
  async createOffer({ iceRestart }: { iceRestart: boolean }) {
    this.restarts += Number(iceRestart);
    return { type: "offer", sdp: "offer" };
  }
  addTransceiver(_track: unknown, options: any) {
    const transceiver = { mid: null, options, sender: { replaceTrack: vi.fn(async () => undefined) }, setCodecPreferences() {} };
    this.transceivers.push(transceiver);
    return transceiver;
  }
  close() {
    this.closed = true;
  }
  become(state: string) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

class Live {
  state: LiveState = "live";
  said: { type: string; data: any }[] = [];
  follower!: Follower;
  answers: Record<string, () => unknown> = {
    "call.join": () => ({ offer: "v=0", right: "speak" }),
    "call.resume": () => ({ right: "speak" }),
    "call.publish": () => ({ answer: "v=0" }),
    "call.reoffer": () => ({ offer: "v=0" }),
  };
  private readonly directs = new Map<string, (data: any) => void>();
  private watcher: (state: LiveState) => void = () => undefined;
  follow(_topic: string, follower: Follower) {
    this.follower = follower;
    return () => undefined;
  }
  async send(type: string, data: object) {
    this.said.push({ type, data });
    return this.answers[type]?.() ?? null;
  }
  direct(type: string, handler: (data: any) => void) {
    this.directs.set(type, handler);
    return () => undefined;
  }
  onState(watcher: (state: LiveState) => void) {
    this.watcher = watcher;
    return () => undefined;
  }
  tell(type: string, data: object) {
    this.directs.get(type)?.(data);
  }
  back() {
    this.watcher("live");
  }
  types() {
    return this.said.map((one) => one.type);
  }
}

const refuse = (code: string) => () => {
  throw new LiveError(code, `refused: ${code}`);
};

let live: Live;
let peers: Peer[];
let call: Call;

beforeEach(() => {
  vi.useFakeTimers();
  live = new Live();
  peers = [];
  const peer = () => {
    peers.push(new Peer());
    return peers.at(-1) as unknown as RTCPeerConnection;
  };
  call = new Call("room", "speak", { live, peer, changed: () => undefined, notice: () => undefined });
  call.follow();
});
afterEach(() => vi.useRealTimers());

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const mine = () => ({ call: "room", session: call.session });

async function enter() {
  call.own.mic = true;
  await call.join();
  live.said = [];
}

describe("coming in", () => {
  it("answers the server's offer, then offers its own microphone and camera", async () => {
    await call.join();
    expect(call.state).toBe("in");
    expect(live.types()).toEqual(["call.join", "call.answer", "call.publish", "call.want"]);
    const publish = live.said[2]?.data;
    expect(publish.sources).toEqual({ 0: "audio", 1: "camera" });
    expect(peers[1]?.transceivers[1].options.sendEncodings.map((one: any) => one.rid)).toEqual(["q", "h", "f"]);
  });

  it("opens no sending connection for who may only watch", async () => {
    live.answers["call.join"] = () => ({ offer: "v=0", right: "watch" });
    await call.join();
    expect(peers).toHaveLength(1);
    expect(live.types()).not.toContain("call.publish");
  });

  it("tries again while the media server is away, and stops at a refusal that stays", async () => {
    live.answers["call.join"] = refuse("media_away");
    const coming = call.join();
    await settle(2_000);
    expect([call.state, call.trouble]).toEqual(["joining", "refused: media_away"]);
    expect(live.types().filter((type) => type === "call.join").length).toBeGreaterThan(2);
    live.answers["call.join"] = refuse("removed_from_call");
    await settle(8_000);
    await coming;
    expect([call.state, call.endedBy, call.endedDetail]).toEqual(["ended", "removed_from_call", "refused: removed_from_call"]);
  });
});

describe("coming back", () => {
  it("resumes under the same session when the live socket is back, without touching the media", async () => {
    await enter();
    live.back();
    await settle();
    expect(live.said[0]).toMatchObject({ type: "call.resume", data: { session: call.session, mic: true, screen: false } });
    expect(peers.some((peer) => peer.closed)).toBe(false);
    expect(call.state).toBe("in");
  });

  it("enters anew with the same session when the server forgot it", async () => {
    await enter();
    const { session } = call;
    live.answers["call.resume"] = refuse("not_in_call");
    live.back();
    await settle();
    expect(live.types()).toContain("call.join");
    expect(peers.slice(0, 2).every((peer) => peer.closed)).toBe(true);
    expect([call.state, call.session, call.own.mic]).toEqual(["in", session, true]);
  });

  it("enters anew by itself when the media worker lost everything", async () => {
    await enter();
    live.tell("call.lost", { ...mine(), session: "another tab" });
    await settle();
    expect(live.said).toEqual([]);
    live.tell("call.lost", mine());
    await settle();
    expect(live.types().slice(0, 3)).toEqual(["call.join", "call.answer", "call.publish"]);
    expect(call.state).toBe("in");
  });

  it("resumes first when a word arrives before the server knows the new socket", async () => {
    await enter();
    let strays = 1;
    live.answers["call.state"] = () => {
      if (strays-- > 0) throw new LiveError("not_in_call", "");
      return null;
    };
    await call.setOwn({ mic: false });
    expect(live.types()).toEqual(["call.state", "call.resume", "call.want", "call.state"]);
  });

  it("offers a cut connection anew, and everything when that does not help", async () => {
    await enter();
    peers[0]?.become("disconnected");
    peers[1]?.become("disconnected");
    await settle(2_900);
    expect(live.said).toEqual([]);
    await settle(200);
    expect(live.types().sort()).toEqual(["call.answer", "call.publish", "call.reoffer"]);
    expect(peers[1]?.restarts).toBe(1);
    await settle(10_000);
    expect(live.types()).toContain("call.join");
  });

  it("leaves a cut that heals alone", async () => {
    await enter();
    peers[0]?.become("disconnected");
    await settle(1_000);
    peers[0]?.become("connected");
    await settle(20_000);
    expect(live.said).toEqual([]);
  });
});

describe("moderation", () => {
  const me = () => ({ session: call.session, person: "p", name: "Moi", right: "speak", mic: true, camera: false, screen: false });

  beforeEach(async () => {
    await enter();
    live.follower.picture({ participants: [me()] }, 1);
  });

  it("falls silent when a moderator says so", () => {
    live.follower.message("call.changed", { participant: { ...me(), mic: false }, by: "chair" }, 2);
    expect(call.own.mic).toBe(false);
  });

  it("ends for good when removed, and says why whichever word comes first", () => {
    live.tell("call.ended", mine());
    live.follower.message("call.left", { session: call.session, why: "removed" }, 2);
    expect([call.state, call.endedBy]).toEqual(["ended", "removed"]);
    expect(peers.every((peer) => peer.closed)).toBe(true);
  });

  it("takes another right as it comes, and starts anew only to speak or to stop speaking", async () => {
    live.follower.message("call.changed", { participant: { ...me(), right: "moderate" }, by: null }, 2);
    await settle();
    expect([call.right, live.types()]).toEqual(["moderate", []]);
    live.answers["call.join"] = () => ({ offer: "v=0", right: "watch" });
    live.follower.message("call.changed", { participant: { ...me(), right: "watch", mic: false }, by: null }, 3);
    await settle();
    expect(call.own.mic).toBe(false);
    expect(live.types()).toEqual(["call.join", "call.answer", "call.want"]);
  });

  it("ends when the room closes to this person", () => {
    live.follower.revoked?.();
    expect(call.state).toBe("ended");
  });

  it("comes back when the server only lost sight of it", async () => {
    live.follower.message("call.left", { session: call.session, why: "lost" }, 2);
    await settle();
    expect(live.types()).toContain("call.join");
    expect(call.state).toBe("in");
  });
});

it("leaves once, and hears nothing more", async () => {
  await enter();
  await call.leave();
  await call.leave();
  expect(live.types()).toEqual(["call.leave"]);
  live.tell("call.lost", mine());
  live.back();
  await settle();
  expect([call.state, live.types().length]).toEqual(["out", 1]);
});
