/** The page's one way to the server's live socket. Prose: docs/protocol.md. No other module of a page knows WebSocket. */
import { Link, LiveError, type Follower, type LiveState, type Wire } from "./socket_link";
import { PortWire } from "./socket_port";
import workerAddress from "./socket_worker?sharedworker&url";

export { LiveError, type Follower, type LiveState };

const { person, session = "" } = document.body?.dataset ?? {};
const path = `/live/?lang=${document.documentElement.lang || "fr"}${person ? `&person=${person}` : ""}`;
const online = () => navigator.onLine;
let mayShare = typeof SharedWorker !== "undefined" && navigator.locks !== undefined && Boolean(person && session);
let worker: SharedWorker | null = null;
let lock: Promise<string> | null = null;

function ownSocket(): Wire {
  return new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
}

/** Hold a lock for as long as the page lives: that is how the worker learns of its end. */
function holdLock(): Promise<string> {
  const name = `live ${crypto.randomUUID()}`;
  const forEver = new Promise<never>(() => undefined);
  return new Promise((held) => void navigator.locks.request(name, () => (held(name), forEver)));
}

/** Pages of another person, session or language have a worker of another name, and so another socket. */
function sharedSocket(): Wire {
  worker ??= new SharedWorker(workerAddress, { name: `${path}#${session}` });
  worker.onerror = stopSharing;
  lock ??= holdLock();
  return new PortWire(worker.port, lock, stopSharing);
}

function stopSharing(): void {
  mayShare = false;
}

/** One socket for all tabs where the browser can; elsewhere one a page. */
export const live = new Link({ open: () => (mayShare ? sharedSocket() : ownSocket()), online });

/** A socket that lives and dies with this page: for calls, which the server ends when their socket ends. */
export const ownLive = new Link({ open: ownSocket, online });

function wake(): void {
  if (document.visibilityState !== "visible") return;
  live.wake();
  ownLive.wake();
}
window.addEventListener("online", wake);
window.addEventListener("offline", wake);
window.addEventListener("pageshow", wake);
document.addEventListener("visibilitychange", wake);
if (person) live.start();
