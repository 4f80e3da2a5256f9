/** The room's page: puts its parts in their places and keeps what is around them true. */
import type { LiveState } from "@collab/socket";
import { t } from "@collab/text";
import { toast } from "@collab/toast";
import { confirmSheet, openSheet } from "@collab/sheet";
import "@video/call_element";
import "../text_en";
import "../style/room.css";
import "../style/chat.css";
import "../style/votes.css";
import "../assembly_view";
import "../chat_view";
import "../floor_view";
import "../people_view";
import "../vote_view";
import { Announcer } from "../announcer";
import { unread } from "../chat_data";
import { setServerTime } from "../clock";
import { Panel } from "../panel";
import { type Facts, RoomLive, sentence } from "../room_live";
import { fill } from "../room_element";

const page = document.querySelector<HTMLElement>("[data-room]")!;
const facts = JSON.parse(document.getElementById("room-facts")!.textContent!) as Facts;
setServerTime(page.dataset["now"]!);

const me = { id: document.body.dataset["person"]!, name: document.body.dataset["name"]! };
const room = new RoomLive(facts, me);
for (const place of page.querySelectorAll("[data-room-part]")) fill(place, room);
new Announcer(page.querySelector("[data-announcer]")!, room);

const panel = new Panel(page.querySelector('[role="tablist"]')!, (name) => {
  if (name === "notes") void openNotes();
});
const hash = location.hash.slice(1);
panel.choose(document.getElementById(`tab-${hash}`) ? hash : "chat");

// --- the call: there while the room is open ---

const stage = page.querySelector<HTMLElement>("[data-stage]")!;

function showCall(): void {
  const there = stage.querySelector("collab-call");
  stage.classList.toggle("closed", !room.isOpen);
  if (!room.isOpen || room.revoked) {
    there?.remove();
    return;
  }
  if (there) {
    there.setAttribute("right", room.isHost ? "moderate" : "speak");
    return;
  }
  const call = document.createElement("collab-call");
  for (const [name, value] of Object.entries({ call: room.id, person: me.id, name: me.name })) call.setAttribute(name, value);
  call.setAttribute("right", room.isHost ? "moderate" : "speak");
  stage.append(call);
}

// --- the notes: an editor, once somebody wants it ---

async function openNotes(): Promise<void> {
  const place = page.querySelector<HTMLElement>("[data-notes]:not([data-opened])");
  if (!place) return;
  place.dataset["opened"] = "";
  try {
    await import("@documents/editor_element");
  } catch {
    delete place.dataset["opened"];
    toast(t("Les notes n’arrivent pas. Vérifiez la connexion et réessayez."), { kind: "danger" });
    return;
  }
  const editor = document.createElement("collab-editor");
  const attributes = { document: place.dataset["notes"]!, right: place.dataset["right"]!, person: me.id, name: me.name };
  for (const [name, value] of Object.entries(attributes)) editor.setAttribute(name, value);
  editor.append(...place.childNodes);
  place.append(editor);
}

// What is written and not yet with the server would be lost with the page.
window.addEventListener("beforeunload", (event) => {
  if (room.chat.pending.some((one) => one.refusal === undefined)) event.preventDefault();
});

// --- the phone's keyboard covers the page without making it smaller ---

const KEYBOARD_PX = 120;

function makePlaceForKeyboard(view: VisualViewport): void {
  const writes = document.activeElement?.closest(".chat-form, .adder") !== null;
  const typing = writes && window.innerHeight - view.height > KEYBOARD_PX;
  page.classList.toggle("typing", typing);
  document.body.style.height = typing ? `${view.height}px` : "";
}

const view = window.visualViewport;
view?.addEventListener("resize", () => makePlaceForKeyboard(view));

// --- the bar ---

const widen = page.querySelector<HTMLButtonElement>("[data-widen]")!;
widen.addEventListener("click", () => {
  const wide = page.classList.toggle("wide");
  widen.setAttribute("aria-pressed", String(wide));
});

const deeds: Record<string, () => Promise<unknown>> = {
  async close() {
    const yes = await confirmSheet({
      title: t("Fermer la salle ?"),
      text: t("L’appel se termine pour tout le monde. Le chat et les notes restent lisibles."),
      confirm: t("Fermer la salle"),
      danger: true,
    });
    if (yes) await room.close();
  },
  open: () => room.open(),
};
for (const button of page.querySelectorAll<HTMLButtonElement>("[data-deed]")) {
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    deeds[button.dataset["deed"]!]!().catch((error: unknown) => toast(sentence(error), { kind: "danger" }));
  });
}

const states: Partial<Record<LiveState, string>> = { reconnecting: t("Reconnexion…"), offline: t("Hors ligne") };

function showBar(): void {
  page.querySelector("[data-room-title]")!.textContent = room.picture.room.title;
  page.querySelector<HTMLElement>("[data-closed]")!.hidden = room.isOpen;
  const connection = page.querySelector<HTMLElement>("[data-connection]")!;
  connection.textContent = states[room.connection] ?? "";
  connection.hidden = !states[room.connection];
  for (const one of page.querySelectorAll<HTMLElement>("[data-for-hosts]")) one.hidden = !room.isHost;
  page.querySelector<HTMLElement>('[data-deed="close"]')!.hidden = !room.isOpen;
  page.querySelector<HTMLElement>('[data-deed="open"]')!.hidden = room.isOpen;
  page.querySelector<HTMLElement>("[data-prepare]")!.hidden = room.picture.assembly !== null;
}

function showMarks(): void {
  const news = unread(room.chat, me.id);
  panel.mark("chat", news, news === 1 ? t("nouveau message") : t("nouveaux messages"));
  const hands = room.picture.hands.length;
  panel.mark("parole", hands, hands === 1 ? t("main levée") : t("mains levées"));
  panel.mark("presents", room.present.length);
  panel.mark("assemblee", room.openPolls.length, t("vote ouvert"));
  document.title = `${news ? `(${news}) ` : ""}${room.picture.room.title} · collab`;
}

// --- what asks for attention ---

room.onTold((type, data) => {
  const poll = room.assembly?.polls.find((one) => one.id === data.poll);
  if (type === "poll.closed" && poll) {
    toast(t("Vote clos : %(question)s", { question: poll.question }));
  } else if (type === "assembly.opened") toast(t("L’assemblée est ouverte."));
  else if (type === "floor.given" && data.floor.person === me.id) toast(t("Vous avez la parole."));
});

let told = false;
function showRevoked(): void {
  if (!room.revoked || told) return;
  told = true;
  page.querySelector("[data-notes] collab-editor")?.remove();
  const words = document.createDocumentFragment();
  const why = document.createElement("p");
  why.textContent = t("Vous ne faites plus partie de celles et ceux qui peuvent y entrer.");
  const away = document.createElement("a");
  away.className = "button primary";
  away.href = page.dataset["back"]!;
  away.textContent = t("Revenir");
  words.append(why, away);
  void openSheet(t("Cette salle ne vous est plus ouverte"), words).closed.then(() => location.assign(away.href));
}

function show(): void {
  showCall();
  showBar();
  showMarks();
  showRevoked();
}

let drawing = false;
room.onChange(() => {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    show();
  });
});
show();
room.start();
