import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Message, Operation } from "../span.ts";
import {
  type Candidate,
  type Dialect,
  flattened,
  list,
  member,
  messages,
  number,
  object,
  text,
  textOf,
  texts,
  tokens,
  value,
  word,
} from "./dialect.ts";
import { readMessages } from "./messages.ts";
import { parametersIn } from "./parameters.ts";
import { asObject, asStructure } from "./parse-json.ts";

const kinds: Record<string, Operation> = {
  LLM: "chat",
  EMBEDDING: "embeddings",
  CHAIN: "chain",
  RETRIEVER: "retrieval",
  RERANKER: "rerank",
  TOOL: "execute_tool",
  AGENT: "invoke_agent",
  GUARDRAIL: "guardrail",
  EVALUATOR: "evaluator",
  PROMPT: "prompt",
};

/** OpenInference (Arize), spec 1fe497f: flattened lists, JSON text where a value is structured. */
export const openinference: Dialect = {
  name: "openinference",
  prefixes: ["openinference.", "llm.", "input.", "output.", "embedding.", "reranker.", "prompt."],
  scopes: ["@arizeai/*", "openinference.*"],
  fields: {
    operation: [word("openinference.span.kind", kinds)],
    provider: [text("llm.provider"), text("llm.system")],
    requestModel: [
      text("llm.request.model_name"),
      member("llm.invocation_parameters", ["model"], textOf),
      member("llm.invocation_parameters", ["model_name"], textOf),
      text("llm.model_name"),
      text("embedding.model_name"),
      text("reranker.model_name"),
    ],
    responseModel: [text("llm.response.model_name"), text("llm.model_name"), text("embedding.model_name")],
    responseId: [jsonOutput(["id"])],
    inputTokens: [tokens("llm.token_count.prompt")],
    outputTokens: [tokens("llm.token_count.completion")],
    cachedInputTokens: [
      tokens("llm.token_count.prompt_details.cache_read"),
      tokens("llm.token_count.prompt_details.cache_input"),
    ],
    cacheWriteInputTokens: [tokens("llm.token_count.prompt_details.cache_write")],
    reasoningOutputTokens: [tokens("llm.token_count.completion_details.reasoning")],
    costUsd: [number("llm.cost.total")],
    tags: [texts("tag.tags")],
    promptName: [text("prompt.name"), text("prompt.id"), member("metadata", ["prompt_name"], textOf)],
    promptVersion: [
      text("llm.prompt_template.version"),
      text("prompt.version"),
      member("metadata", ["prompt_version"], textOf),
    ],
    variables: [object("llm.prompt_template.variables")],
    inputMessages: [
      flatMessages("llm.input_messages.", "user"),
      modelText("llm.prompts.", "user"),
      onModelCall("input.value", "user"),
    ],
    outputMessages: [
      flatMessages("llm.output_messages.", "assistant"),
      modelText("llm.choices.", "assistant"),
      onModelCall("output.value", "assistant"),
    ],
    inputValue: [value("input.value")],
    outputValue: [value("output.value"), retrievedDocuments],
    tools: [flatTools, member("llm.invocation_parameters", ["tools"], listOf), list("llm.tools")],
    finishReasons: [texts("llm.finish_reason")],
    parameters: [parametersIn("llm.invocation_parameters")],
    metadata: [object("metadata")],
  },
};

function flatMessages(prefix: string, role: string): Candidate<Message[]> {
  return ({ attributes }) => {
    const items = flattened(attributes, prefix);
    return items && readMessages(items.map(unwrapMessage), role);
  };
}

/** `{message: {content, contents: [{message_content}], tool_calls: [{tool_call}]}}` as a chat message. */
function unwrapMessage(item: Json): Json {
  const message = asObject(asObject(item)?.message) ?? asObject(item);
  if (!message) return item;
  const unwrapped: JsonObject = { ...message };
  if (Array.isArray(message.contents)) {
    unwrapped.content = message.contents.map((part) => asObject(asObject(part)?.message_content) ?? part);
  }
  if (Array.isArray(message.tool_calls)) {
    unwrapped.tool_calls = message.tool_calls.map((call) => asObject(asObject(call)?.tool_call) ?? call);
  }
  return unwrapped;
}

function modelText(prefix: string, role: string): Candidate<Message[]> {
  return ({ attributes }) => {
    const items = flattened(attributes, prefix);
    if (!items) return null;
    return readMessages(
      items.map((item) => {
        const holder = asObject(asObject(item)?.prompt) ?? asObject(asObject(item)?.completion);
        return { role, content: holder?.text ?? null };
      }),
      role,
    );
  };
}

/** An LLM span's value is its messages; any other span's is kept as a value. */
function onModelCall(key: string, role: string): Candidate<Message[]> {
  const read = messages(key, (found) => readMessages(found, role));
  return (source) => (source.attributes["openinference.span.kind"] === "LLM" ? read(source) : null);
}

function jsonOutput(path: string[]): Candidate<string> {
  const read = member("output.value", path, textOf);
  return (source) => (source.attributes["output.mime_type"] === "application/json" ? read(source) : null);
}

function flatTools({ attributes }: { attributes: JsonObject }): Json[] | null {
  const items = flattened(attributes, "llm.tools.");
  return (
    items?.map((item) => asStructure(asObject(asObject(item)?.tool)?.json_schema ?? item) ?? null) ?? null
  );
}

function retrievedDocuments({ attributes }: { attributes: JsonObject }): Json | null {
  return (
    flattened(attributes, "retrieval.documents.") ??
    flattened(attributes, "reranker.output_documents.") ??
    null
  );
}

function listOf(found: Json | undefined): Json[] | null {
  return Array.isArray(found) && found.length > 0 ? found : null;
}
