import type { Json, JsonObject } from "#lib/core/json.ts";

/**
 * The one neutral span. Every door (OTLP, the gateway, SDK-compatible APIs) ends in `Span[]`; what a door's
 * emitter does not know is null, never 0 or "". Pure types: imported by browser and server alike.
 */
export type Span = SpanFacts & SpanContent;

/** What is stored in columns: everything a list filters, sorts or sums by. */
export type SpanFacts = {
  /** 32 lower-case hex characters. */
  traceId: string;
  /** 16 lower-case hex characters. */
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: SpanKind;
  operation: Operation;
  /** Microseconds since the Unix epoch; the raw nanoseconds stay in `raw`. */
  startTimeUs: number;
  /** Null while the span has not ended. */
  endTimeUs: number | null;

  status: "ok" | "error";
  errorType: string | null;
  errorMessage: string | null;

  service: string | null;
  environment: string | null;
  release: string | null;
  userId: string | null;
  sessionId: string | null;
  tags: string[];

  provider: string | null;
  requestModel: string | null;
  responseModel: string | null;
  /** The provider's id of the answer, by which a late evaluation finds its span. */
  responseId?: string | null;
  /** Our registered model version, where the door knows it (the gateway does); else it is found by model name. */
  modelVersionId?: string | null;
  usage: Usage;
  cost: Cost;
  timeToFirstTokenMs: number | null;

  prompt: PromptReference | null;
  assignment: AssignmentReference | null;
  deployment: string | null;

  /** The table of keys that understood this span (`otel`, `openinference`, `gateway`, …) and its version. */
  dialect: string;
  mappingVersion: number;
  /** Everything that was sent, losslessly, so that the mapping can be run again. */
  raw: RawSpan;
};

/** What is read with one trace. Derived from `raw` where the span came by OTLP, stored where it did not. */
export type SpanContent = {
  metadata: JsonObject;
  parameters: JsonObject;
  /** Messages of a model call; null where the span carries none. */
  inputMessages: Message[] | null;
  outputMessages: Message[] | null;
  /** Input and output of a span that is not a model call (a tool's arguments, a chain's value). */
  inputValue: Json | null;
  outputValue: Json | null;
  /** Tools offered, as the provider's JSON tool definitions. */
  tools: Json[] | null;
  finishReasons: string[];
  variables: JsonObject | null;
};

export type SpanKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

/** What the span did. `chat`, `text_completion`, `generate_content` and `embeddings` are model calls. */
export type Operation =
  | "chat"
  | "text_completion"
  | "generate_content"
  | "embeddings"
  | "rerank"
  | "retrieval"
  | "execute_tool"
  | "create_agent"
  | "invoke_agent"
  | "invoke_workflow"
  | "agent_step"
  | "guardrail"
  | "evaluator"
  | "prompt"
  | "chain"
  | "other";

export const modelCallOperations: readonly Operation[] = [
  "chat",
  "text_completion",
  "generate_content",
  "embeddings",
];

export type Message = {
  role: string;
  name: string | null;
  parts: MessagePart[];
  finishReason: string | null;
};

export type MessagePart =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  | { type: "tool_call"; id: string | null; name: string; arguments: Json }
  | { type: "tool_result"; id: string | null; result: Json }
  | { type: "image"; url: string | null; mediaType: string | null; bytesBase64: string | null }
  | { type: "file"; url: string | null; fileId: string | null; mediaType: string | null }
  | { type: "other"; value: Json };

/** Totals include their subsets: cached ⊂ input, reasoning ⊂ output. Missing is null, never 0. */
export type Usage = {
  inputTokens: number | null;
  outputTokens: number | null;
  cachedInputTokens: number | null;
  cacheWriteInputTokens: number | null;
  reasoningOutputTokens: number | null;
  source: "reported" | "summed" | "estimated" | "missing";
};

export type Cost = {
  /** US dollars of this call alone. */
  usd: number | null;
  source: "reported" | "computed" | "missing";
};

/** As the span says it; `versionId` is set once it has been resolved to our immutable version. */
export type PromptReference = {
  name: string;
  /** Number, label or digest, as text: `3`, `v3`, `production`, `sha256:…`. */
  version: string | null;
  versionId: string | null;
};

export type AssignmentReference = {
  abTestKey: string;
  variantKey: string;
  unitId: string | null;
};

export type RawSpan = {
  resource: JsonObject;
  scope: { name: string; version: string | null; attributes?: JsonObject };
  attributes: JsonObject;
  events: { name: string; timeUnixNano: string; attributes: JsonObject }[];
  links: { traceId: string; spanId: string; attributes: JsonObject }[];
  startTimeUnixNano: string;
  endTimeUnixNano: string | null;
  statusCode: number;
  statusMessage: string | null;
  traceState?: string;
  flags?: number;
  droppedAttributesCount?: number;
  droppedEventsCount?: number;
  droppedLinksCount?: number;
};
