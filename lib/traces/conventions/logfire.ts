import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Message } from "../span.ts";
import {
  type Candidate,
  type Dialect,
  member,
  messages,
  text,
  textOf,
  texts,
  tokens,
  value,
} from "./dialect.ts";
import { readMessages } from "./messages.ts";
import { parametersIn } from "./parameters.ts";
import { asObject } from "./parse-json.ts";

/**
 * Pydantic AI and Logfire, where they go beyond OpenTelemetry's keys: an agent's run (whose tokens are the sum of its
 * calls'), and the request and response that Logfire's OpenAI and Anthropic instrumentations keep as JSON.
 */
export const logfire: Dialect = {
  name: "logfire",
  prefixes: ["logfire.", "pydantic_ai.", "request_data", "response_data"],
  scopes: ["logfire*", "pydantic-ai"],
  fields: {
    requestModel: [text("model_name"), member("request_data", ["model"], textOf)],
    inputTokens: [tokens("gen_ai.aggregated_usage.input_tokens")],
    outputTokens: [tokens("gen_ai.aggregated_usage.output_tokens")],
    cachedInputTokens: [tokens("gen_ai.aggregated_usage.cache_read.input_tokens")],
    reasoningOutputTokens: [tokens("gen_ai.aggregated_usage.details.reasoning_tokens")],
    inputMessages: [
      run("user"),
      messages("request_data", (found) => (asObject(found) ? readMessages(found, "user") : null)),
    ],
    outputMessages: [run("assistant"), responseMessage],
    inputValue: [value("tool_arguments")],
    outputValue: [value("final_result"), value("tool_response")],
    tags: [texts("logfire.tags")],
    parameters: [parametersIn("request_data")],
  },
};

/** An agent's messages up to its last answer, or that answer. */
function run(side: "user" | "assistant"): Candidate<Message[]> {
  return ({ attributes }) => {
    const all = readMessages(
      attributes["pydantic_ai.all_messages"] ?? attributes.all_messages_events,
      "user",
    );
    if (!all) return null;
    const hasAnswer = all.at(-1)?.role === "assistant";
    if (side === "assistant") return hasAnswer ? all.slice(-1) : null;
    return hasAnswer ? all.slice(0, -1) : all;
  };
}

function responseMessage({ attributes }: { attributes: JsonObject }): Message[] | null {
  const response = asObject(attributes.response_data);
  if (!response) return null;
  const said: Json | undefined = response.message ?? response.combined_chunk_content ?? response.text;
  return readMessages(said, "assistant");
}
