/**
 * Written by `manage.py words` from each app's protocol.py; a test fails when it is stale.
 * Words go from a browser to the server, announcements come from it.
 */

export interface AddItem {
  assembly: string;
  title: string;
  minutes?: number;
}

/** End the running point, if there is one, and begin the next. `after` is the point that the host saw running. */
export interface NextItem {
  assembly: string;
  after?: string | null;
}

/** Only a point that has not begun. */
export interface RemoveItem {
  assembly: string;
  item: string;
}

export interface CloseAssembly {
  assembly: string;
}

export interface OpenAssembly {
  assembly: string;
}

export interface RenameAssembly {
  assembly: string;
  title: string;
}

export interface AnswerOffer {
  call: string;
  session: string;
  sdp: string;
}

/** Answered with the server's offer. The same session again starts its media anew. */
export interface JoinCall {
  call: string;
  session: string;
  mic: boolean;
  camera: boolean;
}

export interface LeaveCall {
  call: string;
  session: string;
}

/** Without `person`: everybody else. Moderators only. */
export interface Mute {
  call: string;
  person?: string | null;
}

/** The page's offer; `sources` says what each m-line carries, by mid. */
export interface Publish {
  call: string;
  session: string;
  sdp: string;
  sources: Record<string, "audio" | "camera" | "screen" | "screen_audio">;
}

/** Every device of the person. Moderators only. */
export interface Remove {
  call: string;
  person: string;
}

/** A fresh offer of the subscribe connection, for a browser that changed network. */
export interface Reoffer {
  call: string;
  session: string;
}

/** After the live socket came back: the media go on. */
export interface ResumeCall {
  call: string;
  session: string;
  mic: boolean;
  camera: boolean;
  screen: boolean;
}

export interface SetState {
  call: string;
  session: string;
  mic: boolean;
  camera: boolean;
  screen: boolean;
}

/** `source` is a session; `height` that of its tile, in device pixels. */
export interface WantedPicture {
  source: string;
  kind: "camera" | "screen";
  height: number;
}

/** What the page shows now, the most wanted first. Everything else may rest. */
export interface Want {
  call: string;
  session: string;
  pictures: WantedPicture[];
}

/** `message` is the id that the browser made: it shows the line at once and knows it again when it is announced. */
export interface PostMessage {
  room: string;
  message: string;
  text: string;
}

/** One's own, or anybody's for a host. */
export interface RemoveMessage {
  room: string;
  message: string;
}

/** By who speaks, or by a host. */
export interface EndFloor {
  room: string;
}

export interface GiveFloor {
  room: string;
  person: string;
}

/** One's own without `person`; somebody else's for a host. */
export interface LowerHand {
  room: string;
  person?: string | null;
}

export interface RaiseHand {
  room: string;
}

/** These were seen: all up to a number, or some by id, or both. */
export interface ReadInbox {
  up_to?: number | null;
  ids?: string[];
}

export interface ClosePoll {
  poll: string;
}

export interface CreatePoll {
  assembly: string;
  question: string;
}

/** Only before it was opened. */
export interface DropPoll {
  poll: string;
}

export interface OpenPoll {
  poll: string;
}

export interface CloseRoom {
  room: string;
}

export interface OpenRoom {
  room: string;
}

/** Join a topic. With `epoch` and `seq`, get what was missed; without, a fresh picture. */
export interface Subscribe {
  topic: string;
  epoch?: string | null;
  seq?: number | null;
}

export interface Unsubscribe {
  topic: string;
}

/** The topic is closed to this person from now on. */
export interface Revoked {}

/** One point of an agenda: `pending`, `running` or `done`. */
export interface Item {
  id: string;
  title: string;
  minutes: number;
  state: string;
  started_at: string | null;
}

/** At the end of the agenda. */
export interface ItemAdded {
  item: Item;
}

/** What was running is done; `running`, when there is one, began at `at`. */
export interface AgendaMoved {
  running: string | null;
  at: string;
}

export interface ItemRemoved {
  item: string;
}

export interface AssemblySummary {
  id: string;
  title: string;
  state: string;
}

/** The room's assembly was prepared, opened or closed. The rest is told on `assembly:<id>`. */
export interface AssemblyChanged {
  assembly: AssemblySummary;
}

/** The running point, if there was one, is done. */
export interface AssemblyClosed {
  at: string;
}

export interface AssemblyOpened {
  at: string;
}

export interface AssemblyRenamed {
  title: string;
}

/** One device in a call. `right` is `watch`, `speak` or `moderate`; the rest is what others can hear and see. */
export interface ParticipantPicture {
  session: string;
  person: string;
  name: string;
  right: string;
  mic: boolean;
  camera: boolean;
  screen: boolean;
}

/** `by` is who muted, when it was not the participant. */
export interface Changed {
  participant: ParticipantPicture;
  by: string | null;
}

/** `part` is `listen` or `publish`: that connection stands. */
export interface Connected {
  call: string;
  session: string;
  part: string;
}

/** Removed, or the right to be here is gone: close both connections. Why is in the topic's `call.left`. */
export interface Ended {
  call: string;
  session: string;
}

/** That connection heard nothing for a while: offer again, or ask for an offer. */
export interface Gone {
  call: string;
  session: string;
  part: string;
}

export interface Joined {
  participant: ParticipantPicture;
}

export interface Left {
  session: string;
  why: "left" | "lost" | "removed" | "ended";
}

/** The media worker forgot everything: join again with the same session. */
export interface Lost {
  call: string;
  session: string;
}

/** What comes in one place of the subscribe connection; nothing where `source`, a session, is null. */
export interface SlotPicture {
  mid: string;
  media: string;
  source: string | null;
  kind: string | null;
}

export interface Slots {
  call: string;
  session: string;
  slots: SlotPicture[];
}

/** Among the topic's announcements, to those in the call: who is heard now, the dominant voice first. */
export interface Speaking {
  sessions: string[];
}

/** One message of the chat. Without text it is a tombstone: something was here and was taken away. */
export interface Line {
  id: string;
  number: number;
  author: string | null;
  name: string;
  text: string | null;
  at: string;
}

export interface MessagePosted {
  line: Line;
}

/** The message becomes a tombstone in its place. */
export interface MessageRemoved {
  message: string;
}

export interface DocumentRenamed {
  title: string;
}

/** Somebody's right by name changed. Whose is the owner's affair: a page asks for a fresh picture, with its own. */
export interface RightsChanged {}

export interface FloorEnded {
  person: string;
}

export interface Floor {
  person: string;
  name: string;
  since: string;
}

/** This person speaks now, in place of whoever did; their hand, if raised, is down. */
export interface FloorGiven {
  floor: Floor;
}

export interface HandLowered {
  person: string;
}

export interface RaisedHand {
  person: string;
  name: string;
  order: number;
}

export interface HandRaised {
  hand: RaisedHand;
}

/** All hosts as they are now. */
export interface HostsChanged {
  hosts: string[];
}

/** One notification. The reader's browser makes the sentence from `kind` and `facts`, in its language. */
export interface Notice {
  id: string;
  number: number;
  kind: string;
  url: string;
  facts: Record<string, string>;
  at: string;
  read: boolean;
}

/** Goes to the top of the list; one more is unread. */
export interface NotificationAdded {
  notice: Notice;
}

/** Those up to the number and those with an id are read now, on every device. `unread` are left. */
export interface NotificationsRead {
  up_to: number | null;
  ids: string[];
  unread: number;
}

export interface Tally {
  yes: number;
  no: number;
  abstain: number;
}

export interface PollClosed {
  poll: string;
  at: string;
  tally: Tally;
}

/** `roll` people may vote, frozen at opening; `roll_hash` lets anybody check that list. */
export interface PollPicture {
  id: string;
  question: string;
  state: string;
  roll: number;
  roll_hash: string;
  tally: Tally;
  opened_at: string | null;
  closed_at: string | null;
}

/** After the others. */
export interface PollCreated {
  poll: PollPicture;
}

export interface PollDropped {
  poll: string;
}

export interface PollOpened {
  poll: string;
  at: string;
  roll: number;
  roll_hash: string;
}

/** How the ballots stand, at most four times a second. */
export interface PollTally {
  poll: string;
  tally: Tally;
}

/** A person who is here, on however many devices. */
export interface Present {
  id: string;
  name: string;
}

/** Who came and who went since the last time, all in one. */
export interface PresenceChanged {
  joined: Present[];
  left: string[];
  present: number;
}

/** Everybody who is here, for who just came. `present` counts also those beyond the named ones. */
export interface PresenceNow {
  present_people: Present[];
  present: number;
}

/** No more chat, hands or video; hands are down and nobody has the floor. */
export interface RoomClosed {}

export interface RoomOpened {}

/** With its event. */
export interface RoomRenamed {
  title: string;
}

/** The whole state of a topic at `seq`; announcements up to that number are in it. */
export interface Picture {
  epoch: string;
  data: Record<string, unknown>;
}

/** Everything missed was sent again; the browser's picture holds. */
export interface Resumed {
  epoch: string;
}

export interface Words {
  "agenda.add": AddItem;
  "agenda.next": NextItem;
  "agenda.remove": RemoveItem;
  "assembly.close": CloseAssembly;
  "assembly.open": OpenAssembly;
  "assembly.rename": RenameAssembly;
  "call.answer": AnswerOffer;
  "call.join": JoinCall;
  "call.leave": LeaveCall;
  "call.mute": Mute;
  "call.publish": Publish;
  "call.remove": Remove;
  "call.reoffer": Reoffer;
  "call.resume": ResumeCall;
  "call.state": SetState;
  "call.want": Want;
  "chat.post": PostMessage;
  "chat.remove": RemoveMessage;
  "floor.end": EndFloor;
  "floor.give": GiveFloor;
  "hand.lower": LowerHand;
  "hand.raise": RaiseHand;
  "inbox.read": ReadInbox;
  "poll.close": ClosePoll;
  "poll.create": CreatePoll;
  "poll.drop": DropPoll;
  "poll.open": OpenPoll;
  "room.close": CloseRoom;
  "room.open": OpenRoom;
  "topic.subscribe": Subscribe;
  "topic.unsubscribe": Unsubscribe;
}

export interface Announcements {
  "access.revoked": Revoked;
  "agenda.added": ItemAdded;
  "agenda.moved": AgendaMoved;
  "agenda.removed": ItemRemoved;
  "assembly.changed": AssemblyChanged;
  "assembly.closed": AssemblyClosed;
  "assembly.opened": AssemblyOpened;
  "assembly.renamed": AssemblyRenamed;
  "call.changed": Changed;
  "call.connected": Connected;
  "call.ended": Ended;
  "call.gone": Gone;
  "call.joined": Joined;
  "call.left": Left;
  "call.lost": Lost;
  "call.slots": Slots;
  "call.speaking": Speaking;
  "chat.posted": MessagePosted;
  "chat.removed": MessageRemoved;
  "document.renamed": DocumentRenamed;
  "document.rights_changed": RightsChanged;
  "floor.ended": FloorEnded;
  "floor.given": FloorGiven;
  "hand.lowered": HandLowered;
  "hand.raised": HandRaised;
  "hosts.changed": HostsChanged;
  "notification.added": NotificationAdded;
  "notification.read": NotificationsRead;
  "poll.closed": PollClosed;
  "poll.created": PollCreated;
  "poll.dropped": PollDropped;
  "poll.opened": PollOpened;
  "poll.tally": PollTally;
  "presence.changed": PresenceChanged;
  "presence.now": PresenceNow;
  "room.closed": RoomClosed;
  "room.opened": RoomOpened;
  "room.renamed": RoomRenamed;
  "topic.picture": Picture;
  "topic.resumed": Resumed;
}
