/** The page's one way to the server's live socket. Prose: docs/protocol.md. No other module knows WebSocket. */
import { Link, LiveError, type Follower, type LiveState } from "./socket_link";

export { LiveError, type Follower, type LiveState };

const address = () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live/`;

export const live = new Link({
  open: () => new WebSocket(address()),
  online: () => navigator.onLine,
});
window.addEventListener("online", () => live.wake());
window.addEventListener("offline", () => live.wake());
if (document.body?.dataset["person"] !== undefined) live.start();
