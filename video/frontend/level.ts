/** How loud a microphone is, 0–1, some times a second. */
export class Level {
  private context: AudioContext | null = null;
  private track: MediaStreamTrack | null = null;
  private frame = 0;

  constructor(private readonly heard: (level: number) => void) {}

  watch(track: MediaStreamTrack | null): void {
    if (track === this.track) return;
    this.stop();
    this.track = track;
    if (!track) return;
    const context = (this.context = new AudioContext());
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const listen = () => {
      if (this.context !== context) return;
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // Speech lies between -60 and -10 dB.
      this.heard(Math.max(0, Math.min(1, (10 * Math.log10(power + 1e-9) + 60) / 50)));
      this.frame = window.setTimeout(listen, 80);
    };
    listen();
  }

  stop(): void {
    window.clearTimeout(this.frame);
    void this.context?.close();
    this.context = null;
    this.track = null;
  }
}
