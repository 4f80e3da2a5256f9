/** Votes travel by plain HTTP, so that they work while the live socket is away. */
import { LiveError } from "@collab/socket_link";
import type { Choice } from "./assembly_data";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

interface Surroundings {
  fetch(url: string, options: RequestInit): Promise<Response>;
  wait(milliseconds: number): Promise<void>;
  token: string;
}

/** What counts for the voter now. Tries until there is an answer: the same `write` is the same vote. */
export async function castVote(poll: string, choice: Choice, write: string, around: Surroundings): Promise<Choice> {
  for (let tries = 0; ; tries++) {
    const response = await post(`/salles/votes/${poll}/bulletin/`, new URLSearchParams({ choice, write }), around);
    if (response?.ok) return ((await response.json()) as { choice: Choice }).choice;
    if (response && response.status < 500) throw await refusal(response);
    await around.wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));
  }
}

export async function ownBallot(poll: string): Promise<{ choice: Choice | null; on_the_roll: boolean }> {
  const response = await fetch(`/salles/votes/${poll}/bulletin/`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as { choice: Choice | null; on_the_roll: boolean };
}

export function surroundings(): Surroundings {
  const field = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]");
  return {
    fetch: (url, options) => fetch(url, options),
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    token: field?.value ?? "",
  };
}

/** null: no answer came. */
async function post(url: string, body: URLSearchParams, around: Surroundings): Promise<Response | null> {
  const headers = { Accept: "application/json", "X-CSRFToken": around.token };
  try {
    return await around.fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
  } catch {
    return null;
  }
}

async function refusal(response: Response): Promise<LiveError> {
  const facts = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  return new LiveError(facts.code ?? "broken", facts.detail ?? "");
}
