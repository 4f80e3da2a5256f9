/** The tracks this page makes: microphone, camera, screen. It opens and stops them; the call sends them. */
import type { MediaKind } from "./call_data";
import { list, open, storeChoice, storedChoice, whyNot, type Choice, type Device } from "./devices";

type Made = "mic" | "camera";
const KIND: Record<Made, MediaKind> = { mic: "audio", camera: "camera" };

export class OwnMedia {
  readonly choice: Choice = storedChoice();
  readonly tracks: Partial<Record<Made | "screen" | "screenSound", MediaStreamTrack>> = {};
  readonly problems: Partial<Record<Made, string>> = {};
  found: Record<Device, MediaDeviceInfo[]> = { mic: [], camera: [], speaker: [] };

  constructor(
    private readonly around: {
      changed(): void;
      /** A track began or ended by itself: unplugged, replaced, sharing stopped in the browser's own bar. */
      send(kind: MediaKind, track: MediaStreamTrack | null): void;
      screenEnded(): void;
    },
  ) {}

  /** Open what is wanted and is not open. One question for both; when one is missing, the other still comes. */
  async prepare(wanted: { mic: boolean; camera: boolean } = this.choice): Promise<void> {
    const missing = (["mic", "camera"] as const).filter((device) => wanted[device] && !this.tracks[device]);
    if (missing.length === 0) return;
    try {
      const both = Object.fromEntries(missing.map((device) => [device, true]));
      for (const track of await open(both, this.choice.devices)) this.adopt(track);
    } catch (error) {
      if (missing.length === 1 && missing[0]) this.problems[missing[0]] = whyNot(error, missing[0]);
      else for (const device of missing) await this.tryOne(device);
    }
    await this.lookAround();
  }

  private async tryOne(device: Made): Promise<void> {
    try {
      for (const track of await open({ [device]: true }, this.choice.devices)) this.adopt(track);
    } catch (error) {
      this.problems[device] = whyNot(error, device);
    }
  }

  private adopt(track: MediaStreamTrack): void {
    const device: Made = track.kind === "audio" ? "mic" : "camera";
    this.tracks[device]?.stop();
    this.tracks[device] = track;
    delete this.problems[device];
    if (device === "mic") track.enabled = this.choice.mic;
    track.addEventListener("ended", () => void this.replace(device, track));
    this.around.send(KIND[device], track);
    this.around.changed();
  }

  /** Unplugged: whatever else there is takes its place. */
  private async replace(device: Made, gone: MediaStreamTrack): Promise<void> {
    if (this.tracks[device] !== gone) return;
    this.close(device);
    delete this.choice.devices[device];
    await this.tryOne(device);
    await this.lookAround();
  }

  close(device: Made): void {
    const track = this.tracks[device];
    if (!track) return;
    delete this.tracks[device];
    track.stop();
    this.around.send(KIND[device], null);
    this.around.changed();
  }

  /** The microphone stays open while muted, so that speaking again is immediate. False when there is none. */
  async setMic(on: boolean): Promise<boolean> {
    this.remember({ mic: on });
    if (on) await this.prepare({ mic: true, camera: false });
    if (this.tracks.mic) this.tracks.mic.enabled = on;
    this.around.changed();
    return on && !!this.tracks.mic;
  }

  /** The camera's light goes out with it. False when there is none. */
  async setCamera(on: boolean): Promise<boolean> {
    this.remember({ camera: on });
    if (on) await this.prepare({ mic: false, camera: true });
    else this.close("camera");
    this.around.changed();
    return on && !!this.tracks.camera;
  }

  async choose(device: Device, id: string): Promise<void> {
    this.remember({ devices: { ...this.choice.devices, [device]: id } });
    if (device !== "speaker" && this.tracks[device]) await this.tryOne(device);
    this.around.changed();
  }

  /** Raises what getDisplayMedia raises: the person changed their mind. */
  async shareScreen(): Promise<void> {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true });
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (!picture) return;
    picture.contentHint = "detail";
    this.tracks.screen = picture;
    if (sound) this.tracks.screenSound = sound;
    picture.addEventListener("ended", () => {
      if (this.tracks.screen === picture) {
        this.stopScreen();
        this.around.screenEnded();
      }
    });
    if (sound) this.around.send("screen_audio", sound);
    this.around.send("screen", picture);
  }

  stopScreen(): void {
    for (const name of ["screen", "screenSound"] as const) {
      this.tracks[name]?.stop();
      delete this.tracks[name];
    }
    this.around.send("screen", null);
    this.around.send("screen_audio", null);
    this.around.changed();
  }

  closeAll(): void {
    if (this.tracks.screen) this.stopScreen();
    this.close("mic");
    this.close("camera");
  }

  async lookAround(): Promise<void> {
    this.found = await list();
    this.around.changed();
  }

  private remember(change: Partial<Choice>): void {
    Object.assign(this.choice, change);
    storeChoice(this.choice);
  }
}
