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
  prefixed,
  type Source,
  text,
  textOf,
  texts,
  tokens,
  tokensOf,
  value,
  word,
} from "./dialect.ts";
import { readInstructions, readMessages } from "./messages.ts";
import { parametersUnder } from "./parameters.ts";
import { asObject, asStructure } from "./parse-json.ts";

const operations: Record<string, Operation> = {
  chat: "chat",
  generate_content: "generate_content",
  text_completion: "text_completion",
  embeddings: "embeddings",
  embedding: "embeddings",
  rerank: "rerank",
  retrieval: "retrieval",
  execute_tool: "execute_tool",
  create_agent: "create_agent",
  invoke_agent: "invoke_agent",
  invoke_workflow: "invoke_workflow",
  agent_step: "agent_step",
  plan: "agent_step",
};

/**
 * OpenTelemetry's GenAI conventions: semantic-conventions-genai (1.43-dev) and, as later candidates, every older
 * shape back to 1.25. Under `gen_ai.prompt.` only numbered keys are legacy content; the rest is prompt identity.
 */
export const otel: Dialect = {
  name: "otel",
  prefixes: ["gen_ai."],
  fields: {
    operation: [operationNamed, impliedChat],
    provider: [text("gen_ai.provider.name"), systemNamed],
    requestModel: [text("gen_ai.request.model")],
    responseModel: [text("gen_ai.response.model")],
    responseId: [text("gen_ai.response.id")],
    inputTokens: [tokens("gen_ai.usage.input_tokens"), tokens("gen_ai.usage.prompt_tokens")],
    outputTokens: [tokens("gen_ai.usage.output_tokens"), tokens("gen_ai.usage.completion_tokens")],
    cachedInputTokens: [
      tokens("gen_ai.usage.cache_read.input_tokens"),
      tokens("gen_ai.usage.cache_read_input_tokens"),
      tokens("gen_ai.usage.input_tokens.cached"),
      tokens("gen_ai.usage.details.cache_read_tokens"),
      member("gen_ai.usage.input_token_details", ["cache_read"], tokensOf),
    ],
    cacheWriteInputTokens: [
      tokens("gen_ai.usage.cache_write.input_tokens"),
      tokens("gen_ai.usage.cache_creation.input_tokens"),
      tokens("gen_ai.usage.cache_creation_input_tokens"),
      member("gen_ai.usage.input_token_details", ["cache_creation"], tokensOf),
    ],
    reasoningOutputTokens: [
      tokens("gen_ai.usage.reasoning.output_tokens"),
      tokens("gen_ai.usage.reasoning_tokens"),
      tokens("gen_ai.usage.output_tokens.reasoning"),
      member("gen_ai.usage.output_token_details", ["reasoning"], tokensOf),
    ],
    timeToFirstTokenMs: [
      number("gen_ai.response.time_to_first_chunk", 1000),
      number("gen_ai.client.operation.time_to_first_chunk", 1000),
      number("gen_ai.client.inference.time_to_first_chunk", 1000),
      number("gen_ai.server.time_to_first_token", 1000),
    ],
    sessionId: [text("gen_ai.conversation.id")],
    promptName: [text("gen_ai.prompt.name")],
    promptVersion: [text("gen_ai.prompt.version")],
    variables: [prefixed("gen_ai.prompt.variable.")],
    instructions: [messages("gen_ai.system_instructions", readInstructions)],
    inputMessages: [
      messages("gen_ai.input.messages", (found) => readMessages(found, "user")),
      roleEvents,
      numbered("gen_ai.prompt.", "user"),
      messages("gen_ai.prompt", (found) => readMessages(found, "user")),
      contentEvents("gen_ai.content.prompt", "gen_ai.prompt", "user"),
    ],
    outputMessages: [
      saying(messages("gen_ai.output.messages", (found) => readMessages(found, "assistant"))),
      choiceEvents,
      numbered("gen_ai.completion.", "assistant"),
      messages("gen_ai.completion", (found) => readMessages(found, "assistant")),
      contentEvents("gen_ai.content.completion", "gen_ai.completion", "assistant"),
    ],
    inputValue: [value("gen_ai.tool.call.arguments"), value("gen_ai.retrieval.query.text")],
    outputValue: [value("gen_ai.tool.call.result"), value("gen_ai.retrieval.documents")],
    tools: [list("gen_ai.tool.definitions")],
    finishReasons: [texts("gen_ai.response.finish_reasons"), choiceReasons],
    parameters: [parametersUnder("gen_ai.request."), parametersUnder("gen_ai.openai.request.")],
  },
};

/** LangSmith calls its prompt and retriever runs `chat` and `embeddings` here: its own kind tells them apart. */
function operationNamed(source: Source): Operation | null {
  if (source.attributes["langsmith.span.kind"] !== undefined) return null;
  return namedOperation(source) ?? null;
}

const namedOperation = word("gen_ai.operation.name", operations);

/** LangSmith says `langchain` where it does not know the provider. */
function systemNamed({ attributes }: Source): string | null {
  const system = attributes["gen_ai.system"];
  return system === "langchain" ? null : textOf(system);
}

/** Before 1.31 emitters could leave the operation out; a span with a request model and an answer was a chat. */
function impliedChat({ attributes }: Source): Operation | null {
  if (attributes["gen_ai.operation.name"] !== undefined || attributes["ai.operationId"] !== undefined)
    return null;
  if (attributes["gen_ai.request.model"] === undefined || attributes["langsmith.span.kind"] !== undefined)
    return null;
  if (attributes["traceloop.span.kind"] !== undefined || attributes["llm.request.type"] !== undefined)
    return null;
  return "chat";
}

/** LiteLLM's output messages have no parts where a tool is called: the call is in its legacy keys. */
function saying(candidate: Candidate<Message[]>): Candidate<Message[]> {
  return (source) => {
    const found = candidate(source);
    return found?.some((message) => message.parts.length > 0) ? found : null;
  };
}

function numbered(prefix: string, role: string): Candidate<Message[]> {
  return ({ attributes }) => {
    const items = flattened(attributes, prefix);
    return items && readMessages(items, role);
  };
}

const roleOfEvent: Record<string, string> = {
  "gen_ai.system.message": "system",
  "gen_ai.user.message": "user",
  "gen_ai.assistant.message": "assistant",
  "gen_ai.tool.message": "tool",
};

/** 1.28 to 1.36: one event, or log record, per message; its content in the body. */
function roleEvents({ events }: Source): Message[] | null {
  const found = events.flatMap((event) => {
    const role = roleOfEvent[event.name];
    if (!role) return [];
    const body = bodyOf(event.attributes);
    if (typeof body.content === "string") body.content = blocksOf(body.content);
    return (
      readMessages([{ role, ...(body.id !== undefined ? { tool_call_id: body.id } : {}), ...body }], role) ??
      []
    );
  });
  return found.length > 0 ? found : null;
}

function choiceEvents({ events }: Source): Message[] | null {
  const choices = events
    .filter((event) => event.name === "gen_ai.choice")
    .map((event) => bodyOf(event.attributes));
  if (choices.length === 0) return null;
  choices.sort((a, b) => Number(a.index ?? 0) - Number(b.index ?? 0));
  return readMessages(
    choices.map((choice) => ({
      role: "assistant",
      finish_reason: choice.finish_reason ?? null,
      ...(asObject(choice.message) ?? { content: blocksOf(choice.message ?? choice.content ?? null) }),
      ...(choice.tool_calls === undefined ? {} : { tool_calls: choice.tool_calls }),
    })),
    "assistant",
  );
}

function choiceReasons({ events }: Source): string[] | null {
  const reasons = events
    .filter((event) => event.name === "gen_ai.choice")
    .map((event) => bodyOf(event.attributes).finish_reason)
    .filter((reason): reason is string => typeof reason === "string" && reason !== "");
  return reasons.length > 0 ? reasons : null;
}

/** 1.26 and 1.27: all messages as JSON text in one attribute of one event. */
function contentEvents(eventName: string, key: string, role: string): Candidate<Message[]> {
  return ({ events }) => {
    const found = events.find((event) => event.name === eventName)?.attributes[key];
    return found === undefined ? null : readMessages(found, role);
  };
}

/** Attributes of an event are texts: Strands Agents' are JSON of content blocks. */
function blocksOf(content: Json): Json {
  const structure = asStructure(content);
  const isBlocks =
    Array.isArray(structure) && structure.length > 0 && structure.every((block) => asObject(block) !== null);
  return isBlocks ? structure : content;
}

/** An event's body: a log record's own, Python's `gen_ai.event.content`, or its attributes. */
function bodyOf(attributes: JsonObject): JsonObject {
  const body: Json | undefined = attributes.body ?? attributes["gen_ai.event.content"];
  return { ...(asObject(body) ?? (typeof body === "string" ? { content: body } : attributes)) };
}
