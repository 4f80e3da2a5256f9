// The clients of documents.py, in a process of their own: type, hear, measure. One JSON line at each turn.
//
// Each client types one character at a time at the end of its own run of text, as a Yjs editor would send it, and
// reads every update it hears as far as it needs to know which character it brought. No document is kept here: what is
// measured is the server.
import { readFileSync } from "node:fs";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import WebSocket from "ws";

const plan = JSON.parse(readFileSync(0, "utf8"));
const say = (fact) => process.stdout.write(JSON.stringify(fact) + "\n");
const now = () => performance.now();

let delivered = 0;
let sent = 0;
let acknowledged = 0;
let latencies = [];
let measuring = false;

class Client {
  constructor(where, number) {
    this.number = number;
    this.name = where.name; // Hocuspocus: every message begins with the document's name
    this.clock = 0;
    this.sentAt = [];
    this.heard = new Map(); // number → clock
    this.synced = new Promise((done) => (this.whenSynced = done));
    this.socket = new WebSocket(where.url, { headers: where.headers, perMessageDeflate: false, maxPayload: 1 << 28 });
    this.socket.binaryType = "nodebuffer";
    this.socket.on("open", () => this.begin());
    this.socket.on("message", (data) => this.hear(data));
    this.socket.on("error", (error) => say({ error: String(error) }));
    this.socket.on("close", (code) => !closing && say({ error: `closed with ${code}` }));
  }

  message(write) {
    const encoder = encoding.createEncoder();
    if (this.name !== undefined) encoding.writeVarString(encoder, this.name);
    write(encoder);
    this.socket.send(encoding.toUint8Array(encoder));
  }

  begin() {
    if (this.name !== undefined)
      this.message((to) => {
        encoding.writeVarUint(to, 2); // auth
        encoding.writeVarUint(to, 0);
        encoding.writeVarString(to, "token");
        encoding.writeVarString(to, plan.version ?? "");
      });
    this.began = now();
    this.message((to) => {
      encoding.writeVarUint(to, 0);
      encoding.writeVarUint(to, 0);
      encoding.writeVarUint8Array(to, new Uint8Array([0]));
    });
  }

  type() {
    const update = encoding.createEncoder();
    encoding.writeVarUint(update, 1);
    encoding.writeVarUint(update, 1);
    encoding.writeVarUint(update, this.number);
    encoding.writeVarUint(update, this.clock);
    if (this.clock === 0) {
      encoding.writeUint8(update, 4); // a string
      encoding.writeVarUint(update, 1);
      encoding.writeVarString(update, "text");
    } else {
      encoding.writeUint8(update, 0x84); // a string after…
      encoding.writeVarUint(update, this.number);
      encoding.writeVarUint(update, this.clock - 1);
    }
    encoding.writeVarString(update, "x");
    encoding.writeVarUint(update, 0);
    this.sentAt[this.clock++] = now();
    sent++;
    this.message((to) => {
      encoding.writeVarUint(to, 0);
      encoding.writeVarUint(to, 2);
      encoding.writeVarUint8Array(to, encoding.toUint8Array(update));
    });
  }

  hear(data) {
    const decoder = decoding.createDecoder(data);
    if (this.name !== undefined) decoding.readVarString(decoder);
    const kind = decoding.readVarUint(decoder);
    if (kind === 100) {
      const count = decoding.readVarUint(decoder);
      acknowledged += count - (this.told ?? 0);
      this.told = count;
      return;
    }
    if (kind !== 0) return;
    const step = decoding.readVarUint(decoder);
    if (step === 1) {
      this.bytes = data.length;
      this.joined = now() - this.began;
      return this.whenSynced();
    }
    if (step === 2 && measuring) this.read(decoding.createDecoder(decoding.readVarUint8Array(decoder)));
  }

  /** Only what `type` writes, or a server's merging of it. */
  read(update) {
    for (let clients = decoding.readVarUint(update); clients > 0; clients--) {
      let structs = decoding.readVarUint(update);
      const number = decoding.readVarUint(update);
      let clock = decoding.readVarUint(update);
      for (; structs > 0; structs--) {
        const info = decoding.readUint8(update);
        if (info & 0x80) {
          decoding.readVarUint(update);
          decoding.readVarUint(update);
        } else if (decoding.readVarUint(update)) decoding.readVarString(update);
        clock += decoding.readVarString(update).length;
      }
      this.saw(number, clock);
    }
  }

  saw(number, clock) {
    const before = this.heard.get(number) ?? byNumber.get(number).firstMeasured;
    if (clock <= before) return;
    this.heard.set(number, clock);
    if (number === this.number) return;
    const writer = byNumber.get(number);
    const at = now();
    for (let one = before; one < clock; one++) latencies.push(at - writer.sentAt[one]);
    delivered += clock - before;
  }
}

let closing = false;
const byNumber = new Map();
const clients = plan.clients.map((where, at) => {
  const client = new Client(where, 1000 + at);
  byNumber.set(client.number, client);
  return client;
});
await Promise.all(clients.map((client) => client.synced));
say({ joined: clients.map((client) => client.joined), bytes: clients[0].bytes });

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Everybody types `rate` characters a second, each at a moment of their own. */
async function typing(rate, seconds) {
  const gap = 1000 / rate;
  const begin = now();
  const due = clients.map((_, at) => begin + (gap * at) / clients.length);
  while (now() - begin < seconds * 1000) {
    const until = now();
    for (let at = 0; at < clients.length; at++)
      while (due[at] <= until) {
        clients[at].type();
        due[at] += gap;
      }
    await sleep(1);
  }
}

for (const rate of plan.rates) {
  measuring = false;
  await typing(rate, 1);
  await sleep(300);
  for (const client of clients) {
    client.heard.clear();
    client.firstMeasured = client.clock;
  }
  delivered = 0;
  latencies = [];
  sent = 0;
  measuring = true;
  say({ begin: rate });
  await typing(rate, plan.seconds);
  const expected = sent * (plan.together - 1);
  const deadline = now() + 5000;
  while (delivered < expected && now() < deadline) await sleep(5);
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? null;
  say({ end: rate, sent, delivered, expected, p50: at(0.5), p95: at(0.95), p99: at(0.99) });
}
if (plan.wait_acknowledged) {
  const total = clients.reduce((sum, client) => sum + client.clock, 0);
  const deadline = now() + 10000;
  while (acknowledged < total && now() < deadline) await sleep(5);
  say({ total, acknowledged });
}
closing = true;
for (const client of clients) client.socket.terminate();
