import type { Json, JsonObject } from "#lib/core/json.ts";
import { type Candidate, numberOf } from "./dialect.ts";
import { asObject } from "./parse-json.ts";

/** Every emitter's and provider's spelling of a sampling parameter, and ours (lib/models/parameters.ts). */
const names: Record<string, string> = {
  temperature: "temperature",
  top_p: "topP",
  topP: "topP",
  top_k: "topK",
  topK: "topK",
  max_tokens: "maxTokens",
  max_completion_tokens: "maxTokens",
  max_output_tokens: "maxTokens",
  maxOutputTokens: "maxTokens",
  maxTokens: "maxTokens",
  seed: "seed",
  stop: "stop",
  stop_sequences: "stop",
  stopSequences: "stop",
  frequency_penalty: "frequencyPenalty",
  frequencyPenalty: "frequencyPenalty",
  presence_penalty: "presencePenalty",
  presencePenalty: "presencePenalty",
  reasoning_effort: "reasoningEffort",
  reasoningEffort: "reasoningEffort",
  "reasoning.level": "reasoningEffort",
  "choice.count": "choiceCount",
  n: "choiceCount",
  stream: "stream",
  response_format: "responseFormat",
  tool_choice: "toolChoice",
  parallel_tool_calls: "parallelToolCalls",
};

/** Where the Responses API has them. */
const nested: readonly (readonly [holder: string, member: string, name: string])[] = [
  ["reasoning", "effort", "reasoningEffort"],
  ["text", "format", "responseFormat"],
];

/** Some emitters can only send text: LangSmith's `ls_temperature` is `"0.2"`. */
const numbers = new Set([
  "temperature",
  "topP",
  "topK",
  "maxTokens",
  "seed",
  "frequencyPenalty",
  "presencePenalty",
  "choiceCount",
]);

/** The parameters among an object's members, by our names; "" and null say nothing. */
export function parametersOf(values: JsonObject): JsonObject {
  const found: JsonObject = {};
  for (const [key, value] of Object.entries(values)) {
    if (!Object.hasOwn(names, key) || value === "" || value === null) continue;
    const name = names[key]!;
    found[name] ??= name === "stop" ? listOf(value) : numbers.has(name) ? (numberOf(value) ?? value) : value;
  }
  for (const [holder, member, name] of nested) {
    const value = asObject(values[holder])?.[member];
    if (value !== undefined && value !== null) found[name] ??= value;
  }
  return found;
}

/** Parameters as attributes of their own under a prefix: `gen_ai.request.top_p`. */
export function parametersUnder(prefix: string): Candidate<JsonObject> {
  return ({ attributes }) => {
    const values: JsonObject = {};
    for (const key in attributes)
      if (key.startsWith(prefix)) values[key.slice(prefix.length)] = attributes[key]!;
    return parametersOf(values);
  };
}

/** Parameters in an object, or in the JSON text of one: `llm.invocation_parameters`. */
export function parametersIn(key: string): Candidate<JsonObject> {
  return ({ attributes }) => {
    const values = asObject(attributes[key]);
    return values && parametersOf(values);
  };
}

function listOf(value: Json): Json {
  return Array.isArray(value) ? value : [value];
}
