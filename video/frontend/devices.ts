/** This browser's microphones, cameras and loudspeakers, and the words for why one cannot be used. */
import { t } from "@collab/text";

export type Device = "mic" | "camera" | "speaker";
export const KINDS: Record<Device, MediaDeviceKind> = { mic: "audioinput", camera: "videoinput", speaker: "audiooutput" };

/** What the person wants, kept for the next call. */
export interface Choice {
  mic: boolean;
  camera: boolean;
  devices: Partial<Record<Device, string>>;
}

const PLACE = "collab.call";

export function storedChoice(): Choice {
  const usual: Choice = { mic: true, camera: true, devices: {} };
  try {
    const stored = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Choice>;
    return { ...usual, ...stored, devices: { ...stored.devices } };
  } catch {
    return usual; // no storage here, or not ours
  }
}

export function storeChoice(choice: Choice): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(choice));
  } catch {
    // A private window keeps nothing: the choice holds for this page.
  }
}

const SOUND: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** A small screen is a small machine: 360 lines spare its processor and its data plan. */
function picture(): MediaTrackConstraints {
  const small = Math.min(screen.width, screen.height) < 500;
  return { width: { ideal: small ? 640 : 1280 }, height: { ideal: small ? 360 : 720 }, frameRate: { ideal: small ? 24 : 30, max: 30 } };
}

function constraints(device: "mic" | "camera", id: string | undefined): MediaTrackConstraints {
  // Not `exact`: a device that was unplugged since must not keep anybody out.
  return { ...(device === "mic" ? SOUND : picture()), ...(id && { deviceId: { ideal: id } }) };
}

/** Ask for both in one question where both are wanted; raises what getUserMedia raises. */
export async function open(wanted: { mic?: boolean; camera?: boolean }, ids: Choice["devices"]): Promise<MediaStreamTrack[]> {
  if (!navigator.mediaDevices) throw new DOMException("needs a secure page", "SecurityError");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: wanted.mic ? constraints("mic", ids.mic) : false,
    video: wanted.camera ? constraints("camera", ids.camera) : false,
  });
  return stream.getTracks();
}

export async function list(): Promise<Record<Device, MediaDeviceInfo[]>> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind && one.deviceId);
  return { mic: of("audioinput"), camera: of("videoinput"), speaker: canChooseSpeaker() ? of("audiooutput") : [] };
}

export const canChooseSpeaker = () => "setSinkId" in HTMLMediaElement.prototype;
export const canShareScreen = () => !!navigator.mediaDevices && "getDisplayMedia" in navigator.mediaDevices;

/** Already allowed, so that opening asks no question. */
export async function isAllowed(): Promise<boolean> {
  try {
    const asked = ["camera", "microphone"].map((name) => navigator.permissions.query({ name: name as PermissionName }));
    return (await Promise.all(asked)).every((status) => status.state === "granted");
  } catch {
    return false; // a browser that does not tell
  }
}

/** A sentence for people: what is wrong, and what they can do. */
export function whyNot(error: unknown, device: "mic" | "camera"): string {
  const name = error instanceof DOMException ? error.name : "";
  const mic = device === "mic";
  if (name === "NotAllowedError" || name === "SecurityError")
    return mic
      ? t("Le navigateur n’a pas le droit d’utiliser le micro. Autorisez-le dans la barre d’adresse, puis réessayez.")
      : t("Le navigateur n’a pas le droit d’utiliser la caméra. Autorisez-la dans la barre d’adresse, puis réessayez.");
  if (name === "NotFoundError" || name === "OverconstrainedError")
    return mic ? t("Aucun micro trouvé. Vous pouvez entrer et écouter.") : t("Aucune caméra trouvée. Vous pouvez entrer sans image.");
  return mic
    ? t("Le micro ne répond pas. Une autre application l’utilise peut-être.")
    : t("La caméra ne répond pas. Une autre application l’utilise peut-être.");
}
