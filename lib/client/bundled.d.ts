/*
 * Types of Stemma's client as one module (stemma.js). Values of prompts are JSON. lib/client/bundled.test.ts checks with
 * the compiler that the client is what is declared here.
 */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type StemmaOptions = {
  /** Where the server is: `https://stemma.example.com`. */
  baseUrl: string;
  /** A secret key of the project. */
  key: string;
  /** How long one attempt may take, in milliseconds; 5,000 unless given. */
  timeoutMs?: number;
  /** How often a call is tried again when no answer came, or 429, 502, 503 or 504; 2 unless given. */
  retries?: number;
  /** What is sent with; the platform's own `fetch` unless given. */
  fetch?: typeof fetch;
  /** Told of what is not thrown: a refresh that failed while an older version is served, a fallback used. */
  onError?: (error: StemmaError) => void;
};

/** A version to compile and send. A fallback has no number, id or digest: no version answers for it. */
export type Prompt = {
  id: string | null;
  name: string;
  number: number | null;
  digest: string | null;
  content: unknown;
  labels: string[];
  isFallback: boolean;
};

export type GetOptions = {
  /** `production` unless a version or digest is asked for; `latest` is the newest version. */
  label?: string;
  version?: number;
  digest?: string;
  /** Used when the prompt cannot be fetched and none is held: a text, or the messages of a chat. */
  fallback?: string | { role: "system" | "developer" | "user" | "assistant"; content: string }[];
  /** How long a fetched version is used without asking, in milliseconds; 10,000 unless given. */
  ttlMs?: number;
};

export type Parameters = {
  temperature?: number;
  topP?: number;
  topK?: number;
  maxTokens?: number;
  seed?: number;
  stop?: string[];
  frequencyPenalty?: number;
  presencePenalty?: number;
  reasoningEffort?: "none" | "minimal" | "low" | "medium" | "high" | "xhigh";
};

export type CompiledPrompt = {
  /** To send as they are, in OpenAI's shape; a text prompt is one user message. */
  // biome-ignore lint/suspicious/noExplicitAny: every provider's client has a type of its own for them
  messages: any[];
  /** The text of a text prompt; null for a chat prompt. */
  text: string | null;
  parameters: Parameters;
  warnings: Issue[];
};

export type LocalAssignment = {
  abTestKey: string;
  unit: string;
  variantKey: string;
  /** False: serve this variant, but put no A/B attributes on the span; the unit does not count. */
  isInTest: boolean;
  promptVersionId: string;
  modelVersionId: string;
  /** The variant's own, over the prompt's and the model's. */
  parameters: Parameters;
};

/** The variant, its prompt (compiled if variables were given), and attributes to put on the span of the call. */
export type Assignment = {
  abTestKey: string;
  unit: string;
  variantKey: string;
  isInTest: boolean;
  prompt: { versionId: string; name: string; version: number };
  model: { versionId: string; name: string; version: number; providerModel: string; provider: string };
  parameters: Parameters;
  /** Null unless variables were given. */
  // biome-ignore lint/suspicious/noExplicitAny: as of a compiled prompt
  messages: any[] | null;
  text: string | null;
  spanAttributes: JsonObject;
};

export type Score = {
  name: string;
  value: number | boolean | string;
  traceId?: string;
  spanId?: string;
  sessionId?: string;
  comment?: string;
};

/** Prompts from memory, A/B assignment, scores. Make one per process and keep it. */
export class Stemma {
  constructor(options: StemmaOptions);
  readonly prompts: {
    /** A prompt's version, from memory if it can be. Do not change what you get: others get the same object. */
    get(name: string, options?: GetOptions): Promise<Prompt>;
  };
  readonly abTests: {
    /** The unit's variant, asked of the server: sticky for good, its exposure stored before this resolves. */
    assign(
      key: string,
      unit: string,
      options?: { attributes?: Record<string, string | number | boolean | null>; variables?: JsonObject },
    ): Promise<Assignment>;
    /** The variant that the unit hashes to, worked out here. */
    assignLocally(
      key: string,
      unit: string,
      attributes?: Record<string, string | number | boolean | null>,
    ): Promise<LocalAssignment>;
  };
  readonly scores: {
    /** Records a score about a trace, a span or a session, or up to a thousand at once; returns their ids. */
    record(scores: Score | Score[]): Promise<string[]>;
  };
}

/** Fills a prompt with values, without the network. Throws StemmaError `invalid_input`. */
export function compile(
  // biome-ignore lint/suspicious/noExplicitAny: what prompts.get gave, or a content of your own
  prompt: { content: any },
  variables?: JsonObject,
  // biome-ignore lint/suspicious/noExplicitAny: messages, as above
  placeholders?: Record<string, any[]>,
): CompiledPrompt;

/** OpenTelemetry attributes for the span of the model call. */
export function spanAttributes(
  prompt: Pick<Prompt, "name" | "number"> | null,
  variables?: JsonObject,
  assignment?: { abTestKey: string; variantKey: string; unit: string; isInTest: boolean } | null,
): Record<string, string>;

export type Issue = { path: string; message: string };

/** The one error the client throws. */
export class StemmaError extends Error {
  /** `network`, `timeout`, `not_found`, `invalid_input`, … */
  readonly code: string;
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly issues: Issue[];
  readonly requestId: string | null;
  readonly retryAfterS: number | null;
}
