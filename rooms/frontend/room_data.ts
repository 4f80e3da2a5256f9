/** What a room's page knows: the topic `room:<id>`, docs/protocol/rooms.md. Pictures are never changed, only replaced. */

export interface Line {
  id: string;
  number: number;
  author: string | null;
  name: string;
  /** null: removed, a tombstone. */
  text: string | null;
  at: string;
}

export interface Hand {
  person: string;
  name: string;
  order: number;
}

export interface Floor {
  person: string;
  name: string;
  since: string;
}

export interface AssemblySummary {
  id: string;
  title: string;
  state: "draft" | "open" | "closed";
}

export interface RoomPicture {
  room: { id: string; title: string; state: "open" | "closed" };
  hosts: string[];
  chat: Line[];
  earlier: boolean;
  hands: Hand[];
  floor: Floor | null;
  assembly: AssemblySummary | null;
}

/** How many messages a picture holds; earlier ones are asked for. */
export const CHAT_WINDOW = 100;

/** The announcement in the picture, except for the chat's lines, which `chat_data.ts` keeps. */
export function drawRoom(picture: RoomPicture, type: string, data: any): RoomPicture {
  switch (type) {
    case "hand.raised":
      return { ...picture, hands: [...without(picture.hands, data.hand.person), data.hand].sort(byOrder) };
    case "hand.lowered":
      return { ...picture, hands: without(picture.hands, data.person) };
    case "floor.given":
      return { ...picture, floor: data.floor, hands: without(picture.hands, data.floor.person) };
    case "floor.ended":
      return { ...picture, floor: null };
    case "room.closed":
      return { ...picture, room: { ...picture.room, state: "closed" }, hands: [], floor: null };
    case "room.opened":
      return { ...picture, room: { ...picture.room, state: "open" } };
    case "room.renamed":
      return { ...picture, room: { ...picture.room, title: data.title } };
    case "hosts.changed":
      return { ...picture, hosts: data.hosts };
    case "assembly.changed":
      return { ...picture, assembly: data.assembly };
    default:
      return picture;
  }
}

/** One's place among the raised hands, from 1; 0 without a raised hand. */
export function placeOf(picture: RoomPicture, person: string): number {
  return picture.hands.findIndex((hand) => hand.person === person) + 1;
}

function without(hands: Hand[], person: string): Hand[] {
  return hands.filter((hand) => hand.person !== person);
}

function byOrder(one: Hand, other: Hand): number {
  return one.order - other.order;
}
