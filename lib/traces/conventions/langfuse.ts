import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Message, Operation } from "../span.ts";
import {
  type Candidate,
  type Dialect,
  member,
  messages,
  numberOf,
  prefixed,
  type Source,
  text,
  textOf,
  texts,
  tokensOf,
  value,
  word,
} from "./dialect.ts";
import { readMessages } from "./messages.ts";
import { parametersIn } from "./parameters.ts";
import { asObject } from "./parse-json.ts";

const types: Record<string, Operation> = {
  generation: "chat",
  embedding: "embeddings",
  span: "chain",
  event: "other",
  agent: "invoke_agent",
  tool: "execute_tool",
  chain: "chain",
  retriever: "retrieval",
  evaluator: "evaluator",
  guardrail: "guardrail",
};

/** Langfuse JS and Python SDK v3 to v5. `model.name` is the answering model; `usage_details` are disjoint parts. */
export const langfuse: Dialect = {
  name: "langfuse",
  prefixes: ["langfuse."],
  scopes: ["langfuse-sdk"],
  sumsTokens: true,
  fields: {
    operation: [word("langfuse.observation.type", types)],
    requestModel: [
      member("langfuse.observation.model.parameters", ["model"], textOf),
      member("langfuse.observation.input", ["model"], textOf),
    ],
    responseModel: [text("langfuse.observation.model.name")],
    inputTokens: [usage((parts) => totalOf(parts, "input", "prompt_tokens"))],
    outputTokens: [usage((parts) => totalOf(parts, "output", "completion_tokens"))],
    cachedInputTokens: [
      usage((parts) => parts.input_cached_tokens ?? parts.input_cache_read ?? parts.cache_read_input_tokens),
    ],
    cacheWriteInputTokens: [
      usage(
        (parts) => parts.input_cache_creation ?? parts.input_cache_write ?? parts.cache_creation_input_tokens,
      ),
    ],
    reasoningOutputTokens: [usage((parts) => parts.output_reasoning_tokens ?? parts.output_reasoning)],
    costUsd: [reportedCost],
    timeToFirstTokenMs: [sinceStart("langfuse.observation.completion_start_time")],
    isError: [({ attributes }) => attributes["langfuse.observation.level"] === "ERROR" || null],
    errorMessage: [
      ({ attributes }) =>
        attributes["langfuse.observation.level"] === "ERROR"
          ? textOf(attributes["langfuse.observation.status_message"])
          : null,
    ],
    environment: [text("langfuse.environment")],
    release: [text("langfuse.release")],
    userId: [text("langfuse.user.id")],
    sessionId: [text("langfuse.session.id")],
    tags: [texts("langfuse.trace.tags")],
    promptName: [text("langfuse.observation.prompt.name"), text("langfuse.prompt.name")],
    promptVersion: [text("langfuse.observation.prompt.version"), text("langfuse.prompt.version")],
    // Of a Responses call its OpenAI wrapper keeps the instructions apart.
    instructions: [onModelCall("langfuse.observation.metadata.instructions", "system")],
    inputMessages: [onModelCall("langfuse.observation.input", "user")],
    outputMessages: [onModelCall("langfuse.observation.output", "assistant")],
    inputValue: [value("langfuse.observation.input"), value("langfuse.trace.input")],
    outputValue: [value("langfuse.observation.output"), value("langfuse.trace.output")],
    tools: [member("langfuse.observation.input", ["tools"], listOf)],
    parameters: [parametersIn("langfuse.observation.model.parameters")],
    metadata: [prefixed("langfuse.observation.metadata."), prefixed("langfuse.trace.metadata.")],
  },
};

function onModelCall(key: string, role: string): Candidate<Message[]> {
  const read = messages(key, (found) => readMessages(found, role));
  return (source) => (source.attributes["langfuse.observation.type"] === "generation" ? read(source) : null);
}

function usage(read: (parts: JsonObject) => Json | number | null | undefined): Candidate<number> {
  return ({ attributes }) => {
    const parts = asObject(attributes["langfuse.observation.usage_details"]);
    return parts && tokensOf(read(parts) ?? undefined);
  };
}

/**
 * The inclusive total of one side. Its parts are disjoint (`input: 13, input_cached_tokens: 8` is 21) unless
 * `total` says that `input` and `output` alone already make it up.
 */
function totalOf(parts: JsonObject, side: "input" | "output", openAiName: string): number | null {
  const own = numberOf(parts[side]);
  if (own === null) return numberOf(parts[openAiName]);
  const both = (numberOf(parts.input) ?? 0) + (numberOf(parts.output) ?? 0);
  if (numberOf(parts.total) === both) return own;
  return Object.entries(parts)
    .filter(([name]) => name.startsWith(`${side}_`))
    .reduce((sum, [, count]) => sum + (numberOf(count) ?? 0), own);
}

/** A failed call carries a cost of 0 for "unknown". */
function reportedCost(source: Source): number | null {
  const total = member("langfuse.observation.cost_details", ["total"], numberOf)(source);
  return total === 0 && source.attributes["langfuse.observation.level"] === "ERROR" ? null : (total ?? null);
}

/** Milliseconds from the span's start to a time written as a JSON string of ISO 8601. */
function sinceStart(key: string): Candidate<number> {
  return ({ attributes, startTimeUnixNano }) => {
    const at = attributes[key];
    if (typeof at !== "string") return null;
    const elapsedMs = Date.parse(at.replaceAll('"', "")) - Number(startTimeUnixNano) / 1e6;
    return Number.isFinite(elapsedMs) && elapsedMs >= 0 ? elapsedMs : null;
  };
}

function listOf(found: Json | undefined): Json[] | null {
  return Array.isArray(found) && found.length > 0 ? found : null;
}
