// One page with the real y-websocket client, driven by lines of JSON on stdin: what Yjs pages in the world do.
import { createInterface } from "node:readline";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const [address, cookie, origin] = process.argv.slice(2);
const say = (fact) => process.stdout.write(JSON.stringify(fact) + "\n");

class Socket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { headers: { Cookie: cookie }, origin });
  }
}

console.error = () => {}; // y-websocket's word for a message it has no handler for: our acknowledgement
const doc = new Y.Doc();
const provider = new WebsocketProvider(address, "sync", doc, { WebSocketPolyfill: Socket, disableBc: true });
const text = doc.getText("text");
provider.on("sync", (synced) => synced && say({ synced: true }));
provider.on("closed", ({ code }) => say({ closed: code }));
provider.on("connection-close", (event) => say({ lost: event?.code ?? null }));
doc.on("update", () => say({ text: text.toString() }));
provider.awareness.on("change", () =>
  say({ names: [...provider.awareness.getStates().values()].map((state) => state.user?.name ?? null) }),
);
createInterface({ input: process.stdin }).on("line", (line) => {
  const word = JSON.parse(line);
  if (word.type) text.insert(text.length, word.type);
  if (word.name) provider.awareness.setLocalStateField("user", { name: word.name });
  if (word.leave) {
    provider.destroy();
    process.exit(0);
  }
});
