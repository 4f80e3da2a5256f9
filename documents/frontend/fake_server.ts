/** The sync server's manners on a wire of the tests' own: what it takes, what it acknowledges, how it closes. */
import * as Y from "yjs";
import type { Surroundings, Wire } from "./sync";
import * as wire from "./wire";

export class FakeServer {
  doc = new Y.Doc();
  isOnline = true;
  /** Whether COMMIT comes at once; otherwise `commit()`. */
  commitsAtOnce = true;
  readonly wires: FakeWire[] = [];
  taken = 0;

  surroundings(): Surroundings {
    return { open: () => this.open(), online: () => this.isOnline, random: () => 1 };
  }

  private open(): Wire {
    const opened = new FakeWire(this);
    this.wires.push(opened);
    return opened;
  }

  get last(): FakeWire {
    return this.wires[this.wires.length - 1]!;
  }

  text(): string {
    return this.doc.getText("t").toString();
  }
}

export class FakeWire implements Wire {
  binaryType = "";
  readyState = 0;
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  readonly heard: wire.Heard[] = [];
  private count = 0;

  constructor(private readonly server: FakeServer) {}

  open(): void {
    this.readyState = 1;
    this.onopen?.({});
    this.say(wire.step1(Y.encodeStateVector(this.server.doc)));
  }

  send(data: Uint8Array): void {
    const message = wire.read(data);
    this.heard.push(message);
    if (message.kind === "step1") this.say(wire.step2(Y.encodeStateAsUpdate(this.server.doc, message.state)));
    if (message.kind === "update") {
      Y.applyUpdate(this.server.doc, message.update);
      this.count++;
      this.server.taken++;
      if (this.server.commitsAtOnce) this.commit();
    }
  }

  /** Acknowledge all that was taken so far on this wire. */
  commit(): void {
    this.say(new Uint8Array([100, this.count]));
  }

  say(frame: Uint8Array): void {
    this.onmessage?.({ data: frame.slice().buffer });
  }

  close(code = 1006): void {
    this.drop(code);
  }

  drop(code = 1006): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }
}
