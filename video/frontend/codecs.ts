/** What this browser offers to send: the codecs the media worker forwards, with what repairs them, and nothing else. */
const WANTED = { audio: ["audio/opus"], video: ["video/vp8", "video/rtx"] };

export function sentCodecs(media: "audio" | "video"): RTCRtpCodec[] {
  const known = RTCRtpReceiver.getCapabilities(media)?.codecs ?? [];
  const wanted = known.filter((codec) => WANTED[media].includes(codec.mimeType.toLowerCase()));
  return wanted.some((codec) => !codec.mimeType.toLowerCase().endsWith("/rtx")) ? wanted : [];
}
