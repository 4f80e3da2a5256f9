// A page that joins a call as docs/protocol/media.md says, driven by tests/video/callers.py.
const caller = {
  listening: null,
  publishing: null,
  tracks: {},
  sources: {},

  async listen(offer) {
    if (!this.listening) {
      this.listening = new RTCPeerConnection({ iceServers: [] });
      this.listening.ontrack = ({ track, transceiver }) => {
        this.tracks[transceiver.mid] = track;
        this.play(transceiver.mid, track);
      };
    }
    await this.listening.setRemoteDescription({ type: "offer", sdp: offer });
    await this.listening.setLocalDescription(await this.listening.createAnswer());
    return this.listening.localDescription.sdp;
  },

  // Sound is decoded only where it is played.
  play(mid, track) {
    const element = document.createElement(track.kind);
    Object.assign(element, { id: `slot-${mid}`, autoplay: true, srcObject: new MediaStream([track]) });
    document.body.append(element);
  },

  async publish({ simulcast = false, width = 640, height = 360, kinds = ["audio", "camera"] } = {}) {
    this.publishing = new RTCPeerConnection({ iceServers: [] });
    const media = await navigator.mediaDevices.getUserMedia({
      audio: kinds.includes("audio"),
      video: kinds.includes("camera") && { width, height, frameRate: 20 },
    });
    this.added = media.getTracks().map((track) => {
      const layers = [
        { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
        { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
        { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
      ];
      const sendEncodings = track.kind === "video" && simulcast ? layers : undefined;
      return [this.publishing.addTransceiver(track, { direction: "sendonly", sendEncodings }), track.kind];
    });
    return this.offer();
  },

  async offer() {
    await this.publishing.setLocalDescription(await this.publishing.createOffer());
    const sources = {};
    for (const [transceiver, kind] of this.added) sources[transceiver.mid] = kind === "audio" ? "audio" : "camera";
    return { sdp: this.publishing.localDescription.sdp, sources };
  },

  async restart() {
    this.publishing.restartIce();
    return this.offer();
  },

  async accept(answer) {
    await this.publishing.setRemoteDescription({ type: "answer", sdp: answer });
  },

  async received() {
    const found = {};
    for (const report of (await this.listening.getStats()).values()) {
      if (report.type === "inbound-rtp") {
        found[report.mid] = {
          frames: report.framesDecoded ?? 0,
          height: report.frameHeight ?? 0,
          energy: report.totalAudioEnergy ?? 0,
          packets: report.packetsReceived ?? 0,
          lost: report.packetsLost ?? 0,
          nacks: report.nackCount ?? 0,
          keys: report.keyFramesDecoded ?? 0,
          freezes: report.freezeCount ?? 0,
          repeated: report.retransmittedPacketsReceived ?? 0,
        };
      }
    }
    return found;
  },

  pixel(mid) {
    const video = document.getElementById(`slot-${mid}`);
    if (!video || !video.videoWidth) return [0, 0, 0];
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    return [...context.getImageData(canvas.width / 2, canvas.height / 3, 1, 1).data.slice(0, 3)];
  },
};
window.caller = caller;
