import type { Json } from "#lib/core/json.ts";
import type { Message, Operation } from "../span.ts";
import {
  type Candidate,
  type Dialect,
  member,
  messages,
  numberOf,
  object,
  textOf,
  texts,
  tokensOf,
  value,
  wordOf,
} from "./dialect.ts";
import { readMessages } from "./messages.ts";
import { parametersIn } from "./parameters.ts";

const types: Record<string, Operation> = {
  llm: "chat",
  tool: "execute_tool",
  function: "chain",
  task: "chain",
  eval: "evaluator",
  score: "evaluator",
};

const typeOf = both("span_attributes", ["type"], textOf);

/**
 * Braintrust's SDKs and OTel processor: one JSON text per field, `braintrust.metadata` or `braintrust.metadata_json`,
 * or its members as attributes of their own (`braintrust.metrics.prompt_tokens`).
 */
export const braintrust: Dialect = {
  name: "braintrust",
  prefixes: ["braintrust."],
  scopes: ["braintrust*"],
  fields: {
    operation: both("span_attributes", ["type"], (found) => wordOf(found, types)),
    provider: both("metadata", ["provider"], textOf),
    requestModel: both("metadata", ["model"], textOf),
    responseModel: both("metadata", ["response_model"], textOf),
    inputTokens: both("metrics", ["prompt_tokens"], tokensOf),
    outputTokens: both("metrics", ["completion_tokens"], tokensOf),
    cachedInputTokens: both("metrics", ["prompt_cached_tokens"], tokensOf),
    cacheWriteInputTokens: both("metrics", ["prompt_cache_creation_tokens"], tokensOf),
    reasoningOutputTokens: both("metrics", ["completion_reasoning_tokens"], tokensOf),
    costUsd: both("metrics", ["estimated_cost"], numberOf),
    timeToFirstTokenMs: both("metrics", ["time_to_first_token"], (found) => numberOf(found, 1000)),
    errorMessage: [member("braintrust.error", [], textOf)],
    userId: [...both("metadata", ["user_id"], textOf), ...both("metadata", ["userId"], textOf)],
    sessionId: [...both("metadata", ["session_id"], textOf), ...both("metadata", ["sessionId"], textOf)],
    tags: [texts("braintrust.tags"), texts("braintrust.tags_json")],
    promptName: both("metadata", ["prompt", "key"], textOf),
    promptVersion: both("metadata", ["prompt", "version"], textOf),
    variables: both("metadata", ["prompt", "variables"], (found) =>
      found !== null && typeof found === "object" && !Array.isArray(found) ? found : null,
    ),
    inputMessages: [onModelCall("input", "user")],
    outputMessages: [onModelCall("output", "assistant")],
    inputValue: [value("braintrust.input_json"), value("braintrust.input")],
    outputValue: [value("braintrust.output_json"), value("braintrust.output")],
    tools: both("metadata", ["tools"], (found) => (Array.isArray(found) && found.length > 0 ? found : null)),
    parameters: [parametersIn("braintrust.metadata"), parametersIn("braintrust.metadata_json")],
    metadata: [object("braintrust.metadata"), object("braintrust.metadata_json")],
  },
};

function both<Value>(
  field: string,
  path: readonly string[],
  read: (found: Json | undefined) => Value | null,
): Candidate<Value>[] {
  return [
    member(`braintrust.${field}`, path, read),
    member(`braintrust.${field}_json`, path, read),
    ({ attributes }) => read(attributes[`braintrust.${field}.${path.join(".")}`]),
  ];
}

function onModelCall(field: string, role: string): Candidate<Message[]> {
  const readers = [`braintrust.${field}_json`, `braintrust.${field}`].map((key) =>
    messages(key, (found) => readMessages(found, role)),
  );
  return (source) => {
    if (!typeOf.some((candidate) => candidate(source) === "llm")) return null;
    for (const read of readers) {
      const found = read(source);
      if (found) return found;
    }
    return null;
  };
}
