/** The document's addresses for programs. A refusal arrives as ApiError with the server's sentence. */
import type { Mentionable } from "./mentions";

export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail || code);
    this.name = "ApiError";
  }
}

export interface Granted extends Mentionable {
  right: "reader" | "editor";
}

export interface Access {
  owner: Mentionable | null;
  group: { id: string; name: string } | null;
  isOwner: boolean;
  grants: Granted[];
}

/** Every signed-in page holds a form of the site's shell; the cookie's name depends on the settings. */
const csrfToken = () => document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";

export class DocumentApi {
  constructor(private readonly id: string) {}

  async people(query: string, signal?: AbortSignal): Promise<Mentionable[]> {
    return parsePeople(await this.ask("GET", `people/?q=${encodeURIComponent(query)}`, undefined, signal));
  }

  async guests(query: string, signal?: AbortSignal): Promise<Mentionable[]> {
    return parsePeople(await this.ask("GET", `guests/?q=${encodeURIComponent(query)}`, undefined, signal));
  }

  async mention(node: string, person: string): Promise<void> {
    await this.ask("POST", "mentions/", { node, person });
  }

  async rename(title: string): Promise<string> {
    const answer = (await this.ask("POST", "title/", { title })) as { title?: unknown };
    return String(answer.title ?? title);
  }

  async access(): Promise<Access> {
    return parseAccess(await this.ask("GET", "access/"));
  }

  async grant(person: string, right: "reader" | "editor"): Promise<void> {
    await this.ask("POST", "grants/", { person, right });
  }

  async withdraw(person: string): Promise<void> {
    await this.ask("DELETE", `grants/${person}/`);
  }

  private async ask(method: string, path: string, body?: object, signal?: AbortSignal): Promise<unknown> {
    const response = await fetch(`/documents/${this.id}/${path}`, {
      method,
      headers: {
        Accept: "application/json",
        ...(method === "GET" ? {} : { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    });
    const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
    if (response.ok) return answer;
    const facts = (answer ?? {}) as { code?: unknown; detail?: unknown };
    throw new ApiError(String(facts.code ?? "broken"), String(facts.detail ?? ""));
  }
}

function parsePeople(answer: unknown): Mentionable[] {
  return listOf((answer as { people?: unknown } | null)?.people);
}

function parseAccess(answer: unknown): Access {
  const facts = (answer ?? {}) as { owner?: unknown; group?: unknown; is_owner?: unknown; grants?: unknown };
  return {
    owner: isNamed(facts.owner) ? facts.owner : null,
    group: isNamed(facts.group) ? facts.group : null,
    isOwner: facts.is_owner === true,
    grants: listOf(facts.grants).map((one) => ({ ...one, right: (one as Granted).right === "editor" ? "editor" : "reader" })),
  };
}

function listOf(value: unknown): Mentionable[] {
  return Array.isArray(value) ? value.filter(isNamed) : [];
}

function isNamed(value: unknown): value is Mentionable {
  const { id, name } = (value ?? {}) as { id?: unknown; name?: unknown };
  return typeof id === "string" && typeof name === "string";
}
