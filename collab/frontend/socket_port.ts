/** A page's end of the socket it shares with other tabs: it looks like a WebSocket to `Link`. */
import type { Wire } from "./socket_link";
import type { FromPage, ToPage } from "./socket_switchboard";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
/** A worker that does not say hello by then is not there: its script did not load, or the browser froze it. */
const HELLO_MS = 3_000;

/** The part of MessagePort that is used. */
export interface Port {
  postMessage(message: FromPage): void;
  onmessage: ((event: MessageEvent<ToPage>) => void) | null;
}

export class PortWire implements Wire {
  readyState = CONNECTING;
  onopen: ((event: any) => void) | null = null;
  onmessage: ((event: any) => void) | null = null;
  onclose: ((event: any) => void) | null = null;
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(
    private readonly port: Port,
    lock: Promise<string>,
    /** Called when sharing does not work here: open a socket of your own next time. */
    giveUp: () => void,
  ) {
    this.timer = setTimeout(() => {
      giveUp();
      this.end(1006);
    }, HELLO_MS);
    port.onmessage = ({ data }) => this.hear(data);
    void lock.then((name) => this.readyState === CONNECTING && port.postMessage({ kind: "open", lock: name }));
  }

  send(text: string): void {
    if (this.readyState === OPEN) this.port.postMessage({ kind: "frame", text });
  }

  close(): void {
    if (this.readyState === CLOSED) return;
    this.port.postMessage({ kind: "bye" });
    this.end(1000);
  }

  private hear(message: ToPage): void {
    if (this.readyState === CLOSED) return;
    clearTimeout(this.timer);
    if (message.kind === "open") {
      this.readyState = OPEN;
      this.onopen?.({});
    } else if (message.kind === "frame") this.onmessage?.({ data: message.text });
    else if (message.kind === "close") this.end(message.code);
  }

  private end(code: number): void {
    clearTimeout(this.timer);
    this.readyState = CLOSED;
    this.onclose?.({ code });
  }
}
