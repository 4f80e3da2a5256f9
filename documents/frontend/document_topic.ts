/** What the live socket tells of a document: its title, and what this person may do with it. */
import { live } from "@collab/socket";

export interface DocumentFacts {
  title: string;
  right: "editor" | "reader" | null;
}

export function followDocument(id: string, told: (facts: DocumentFacts) => void): () => void {
  let facts: DocumentFacts = { title: "", right: null };
  let leave = () => {};
  const say = (changed: Partial<DocumentFacts>) => told((facts = { ...facts, ...changed }));
  const follow = () => {
    leave = live.follow(`document:${id}`, {
      picture: (data) => say(parse(data)),
      message: (type, data) => {
        if (type === "document.renamed") say({ title: String(data.title) });
        // Whose right changed is not told to everybody: the fresh picture holds our own.
        if (type === "document.rights_changed") {
          leave();
          follow();
        }
      },
      revoked: () => say({ right: null }),
    });
  };
  follow();
  return () => leave();
}

function parse(data: unknown): DocumentFacts {
  const { title, right } = (data ?? {}) as { title?: unknown; right?: unknown };
  return { title: String(title ?? ""), right: right === "editor" || right === "reader" ? right : null };
}
