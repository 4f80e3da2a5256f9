/** Who has the document open: one face a person, however many tabs they have. */
import type { Awareness } from "y-protocols/awareness";
import type { User } from "./carets";

export interface Here {
  id: string;
  name: string;
  isMe: boolean;
  /** Whether their cursor is in the text, so that one can go there. */
  isWriting: boolean;
}

export function peopleHere(awareness: Awareness, me: string): Here[] {
  const found = new Map<string, Here>();
  for (const [client, state] of awareness.getStates()) {
    const user = (state["user"] ?? {}) as User;
    const isOwn = client === awareness.clientID;
    const id = user.id ?? (isOwn ? me : user.name);
    if (!id || !user.name) continue;
    const before = found.get(id);
    found.set(id, {
      id,
      name: user.name,
      isMe: isOwn || id === me,
      isWriting: (before?.isWriting ?? false) || (!isOwn && state["cursor"] != null),
    });
  }
  return [...found.values()].sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name));
}
