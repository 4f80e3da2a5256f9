import { expect, it } from "vitest";

import { withThriftySound } from "./sdp";

it("asks for silence suppression and repair once, and keeps the rest", () => {
  const answer = "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:0 PCMU/8000\r\n";
  const wished = withThriftySound(answer);
  expect(wished).toContain("a=fmtp:111 minptime=10;usedtx=1;useinbandfec=1\r\n");
  expect(withThriftySound(wished)).toBe(wished);
  expect(wished).toContain("a=rtpmap:0 PCMU/8000\r\n");
});

it("adds the line where there was none, and leaves pictures alone", () => {
  expect(withThriftySound("a=rtpmap:96 opus/48000/2\r\na=rtcp-mux\r\n")).toBe(
    "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 usedtx=1;useinbandfec=1\r\na=rtcp-mux\r\n",
  );
  expect(withThriftySound("a=rtpmap:96 VP8/90000\r\n")).toBe("a=rtpmap:96 VP8/90000\r\n");
});
