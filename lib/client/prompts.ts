import type { ChatMessage, PromptContent, PromptMessage, PromptVersion } from "#lib/prompts/schema.ts";
import type { Send, StemmaOptions } from "./connection.ts";
import { StemmaError } from "./errors.ts";
import { type Read, Remembered } from "./remembered.ts";

/** A version to compile and send. A fallback has no number, id or digest: no version answers for it. */
export type Prompt = {
  id: string | null;
  name: string;
  number: number | null;
  digest: string | null;
  content: PromptContent;
  labels: string[];
  isFallback: boolean;
};

export type GetOptions = {
  /** `production` unless a version or digest is asked for; `latest` is the newest version. */
  label?: string;
  version?: number;
  digest?: string;
  /**
   * Used when the prompt cannot be fetched and none is held: a text, the messages of a chat, or a whole content.
   * Every failure leads here, a 404 or a wrong key too; `onError` is told.
   */
  fallback?: string | (PromptMessage | ChatMessage)[] | PromptContent;
  /** How long a fetched version is used without asking, in milliseconds; 10,000 unless given. */
  ttlMs?: number;
};

const defaultTtlMs = 10_000;

export class Prompts {
  #versions: Remembered<Prompt>;
  #onError: (error: StemmaError) => void;

  constructor(send: Send, options: Pick<StemmaOptions, "onError">) {
    this.#onError = options.onError ?? (() => {});
    this.#versions = new Remembered((path, etag) => readVersion(send, path, etag), this.#onError);
  }

  /**
   * A prompt's version, from memory if it can be: after the first fetch nobody waits for the network again, and a
   * moved label is seen `ttlMs` later at most, plus one call. Do not change what you get: others get the same object.
   *
   * @example
   * const prompt = await stemma.prompts.get("support/triage", {
   *   label: "production",
   *   fallback: "Sort this ticket: {{ticket}}",
   * });
   */
  async get(name: string, options: GetOptions = {}): Promise<Prompt> {
    const { label, version, digest, fallback, ttlMs = defaultTtlMs } = options;
    const query = new URLSearchParams();
    if (version !== undefined) query.set("version", String(version));
    if (label !== undefined) query.set("label", label);
    if (digest !== undefined) query.set("digest", digest);
    const path = `/api/v1/prompts/${encodeURIComponent(name)}${query.size > 0 ? `?${query}` : ""}`;
    return await this.#getOr(path, ttlMs, () =>
      fallback === undefined ? null : fallbackPrompt(name, fallback),
    );
  }

  /** A version by its id, as `abTests.assignLocally` names it. It never changes; its labels may. */
  async getById(id: string, options: { ttlMs?: number } = {}): Promise<Prompt> {
    const path = `/api/v1/prompt-versions/${encodeURIComponent(id)}`;
    return await this.#getOr(path, options.ttlMs ?? defaultTtlMs * 6, () => null);
  }

  /** Forgets what is held. */
  clear(): void {
    this.#versions.clear();
  }

  async #getOr(path: string, ttlMs: number, fallback: () => Prompt | null): Promise<Prompt> {
    try {
      return await this.#versions.get(path, ttlMs);
    } catch (error) {
      const instead = fallback();
      if (!instead || !(error instanceof StemmaError)) throw error;
      this.#onError(error);
      return instead;
    }
  }
}

async function readVersion(send: Send, path: string, etag: string | null): Promise<Read<Prompt>> {
  const response = await send({ path, headers: etag ? { "if-none-match": etag } : {} });
  if (response.status === 304) return "unchanged";
  const { id, name, number, digest, content, labels } = (await response.json()) as PromptVersion;
  return {
    value: { id, name, number, digest, content, labels, isFallback: false },
    etag: response.headers.get("etag"),
  };
}

function fallbackPrompt(name: string, given: NonNullable<GetOptions["fallback"]>): Prompt {
  const shared = {
    variables: [],
    parameters: {},
    responseFormat: { type: "text" as const },
    tools: [],
    toolChoice: "auto" as const,
    modelVersionId: null,
    includes: [],
  };
  let content: PromptContent;
  if (typeof given === "string") content = { type: "text", text: given, ...shared };
  else if (Array.isArray(given)) content = { type: "chat", messages: given, ...shared };
  else content = given;
  return { id: null, name, number: null, digest: null, content, labels: [], isFallback: true };
}
