import type { Json } from "#lib/core/json.ts";
import type { Operation } from "../span.ts";
import {
  type Candidate,
  type Dialect,
  member,
  numberOf,
  prefixed,
  text,
  textOf,
  texts,
  textsOf,
  tokensOf,
  value,
  word,
} from "./dialect.ts";
import { parametersIn, parametersUnder } from "./parameters.ts";
import { asObject } from "./parse-json.ts";

const kinds: Record<string, Operation> = {
  llm: "chat",
  chain: "chain",
  tool: "execute_tool",
  retriever: "retrieval",
  embedding: "embeddings",
  prompt: "prompt",
  parser: "chain",
};

const usageKey = "langsmith.usage_metadata";

/**
 * LangSmith's OTel mode: its content is JSON in `gen_ai.prompt` and `gen_ai.completion` (read by `otel.ts`). A
 * failed call has status OK and an `exception` event.
 */
export const langsmith: Dialect = {
  name: "langsmith",
  prefixes: ["langsmith."],
  scopes: ["langsmith"],
  fields: {
    operation: [word("langsmith.span.kind", kinds)],
    provider: [text("langsmith.metadata.ls_provider")],
    requestModel: [text("langsmith.metadata.ls_model_name"), member("gen_ai.prompt", ["model"], textOf)],
    responseModel: [
      member("gen_ai.completion", ["model"], textOf),
      ofGeneration(["response_metadata", "model_name"], textOf),
      ofGeneration(["response_metadata", "model"], textOf),
    ],
    responseId: [
      member("gen_ai.completion", ["id"], textOf),
      ofGeneration(["response_metadata", "id"], textOf),
    ],
    inputTokens: [member(usageKey, ["input_tokens"], tokensOf)],
    outputTokens: [member(usageKey, ["output_tokens"], tokensOf)],
    cachedInputTokens: usageDetail("input_token_details", "cache_read"),
    cacheWriteInputTokens: usageDetail("input_token_details", "cache_creation"),
    reasoningOutputTokens: usageDetail("output_token_details", "reasoning"),
    costUsd: [member(usageKey, ["total_cost"], numberOf)],
    userId: [text("langsmith.metadata.user_id"), text("langsmith.metadata.userId")],
    sessionId: [
      text("langsmith.metadata.session_id"),
      text("langsmith.metadata.thread_id"),
      text("langsmith.metadata.conversation_id"),
      text("langsmith.trace.session_id"),
    ],
    tags: [texts("langsmith.span.tags")],
    promptName: [text("langsmith.metadata.prompt_name"), text("langsmith.metadata.lc_hub_repo")],
    promptVersion: [text("langsmith.metadata.prompt_version"), text("langsmith.metadata.lc_hub_commit_hash")],
    inputValue: [value("gen_ai.prompt")],
    outputValue: [value("gen_ai.completion")],
    tools: [member("gen_ai.prompt", ["tools"], listOf)],
    finishReasons: [choiceReasons, ofGeneration(["response_metadata", "finish_reason"], textsOf)],
    parameters: [
      parametersUnder("langsmith.metadata.ls_"),
      parametersIn("langsmith.metadata.ls_invocation_params"),
      parametersIn("gen_ai.prompt"),
    ],
    metadata: [prefixed("langsmith.metadata.")],
  },
};

/** LangChain's `LLMResult`: the members of its first generation's message. */
function ofGeneration<Value>(
  path: readonly string[],
  read: (value: Json | undefined) => Value | null,
): Candidate<Value> {
  return ({ attributes }) => {
    const generations = asObject(attributes["gen_ai.completion"])?.generations;
    const first = Array.isArray(generations) ? generations.flat()[0] : undefined;
    const message = asObject(asObject(first)?.message);
    let value: Json | undefined = message ? (asObject(message.kwargs) ?? message) : undefined;
    for (const name of path) value = asObject(value)?.[name];
    return value === undefined ? null : read(value);
  };
}

function usageDetail(holder: string, name: string): Candidate<number>[] {
  return [
    member(usageKey, [holder, name], tokensOf),
    ofGeneration(["usage_metadata", holder, name], tokensOf),
  ];
}

function choiceReasons({ attributes }: { attributes: { [key: string]: Json } }): string[] | null {
  const choices = asObject(attributes["gen_ai.completion"])?.choices;
  if (!Array.isArray(choices)) return null;
  const reasons = choices
    .map((choice) => textOf(asObject(choice)?.finish_reason))
    .filter((reason) => reason !== null);
  return reasons.length > 0 ? reasons : null;
}

function listOf(found: Json | undefined): Json[] | null {
  return Array.isArray(found) && found.length > 0 ? found : null;
}
