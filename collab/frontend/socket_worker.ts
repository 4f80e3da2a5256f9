/** The shared worker that holds one socket for all tabs of a session. Its name is the socket's address. */
import { Switchboard, type FromPage, type Line } from "./socket_switchboard";

const scope = self as unknown as SharedWorkerGlobalScope;
const address = `${scope.location.protocol === "https:" ? "wss" : "ws"}://${scope.location.host}${scope.name.split("#")[0]}`;
const switchboard = new Switchboard(() => new WebSocket(address));

scope.onconnect = (event) => {
  const port = event.ports[0]!;
  const line: Line = { post: (message) => port.postMessage(message) };
  let isWatched = false;
  port.onmessage = ({ data }: MessageEvent<FromPage>) => {
    switchboard.hear(line, data);
    if (data.kind !== "open" || isWatched) return;
    isWatched = true;
    // Granted when the page that holds it is closed, crashes or is discarded.
    void scope.navigator.locks.request(data.lock, () => switchboard.detach(line));
  };
};
