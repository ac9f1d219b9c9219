import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Message, Operation } from "../span.ts";
import {
  type Candidate,
  type Dialect,
  list,
  messages,
  number,
  object,
  prefixed,
  type Source,
  text,
  texts,
  tokens,
  value,
} from "./dialect.ts";
import { readMessages } from "./messages.ts";
import { parametersUnder } from "./parameters.ts";
import { asStructure } from "./parse-json.ts";

/**
 * Vercel AI SDK 5 and 6 (scope `ai`), and 7's `ai.settings.context.*` beside its `gen_ai.*`. Only the
 * `….doGenerate`, `….doStream` and `….doEmbed` spans are calls of a model: their parent repeats their usage.
 */
export const aiSdk: Dialect = {
  name: "ai-sdk",
  prefixes: ["ai."],
  scopes: ["ai", "gen_ai"],
  fields: {
    operation: [operationOfId],
    provider: [text("ai.model.provider")],
    requestModel: [text("ai.model.id")],
    responseModel: [text("ai.response.model")],
    responseId: [text("ai.response.id")],
    inputTokens: [tokens("ai.usage.inputTokens"), tokens("ai.usage.promptTokens"), tokens("ai.usage.tokens")],
    outputTokens: [tokens("ai.usage.outputTokens"), tokens("ai.usage.completionTokens")],
    cachedInputTokens: [
      tokens("ai.usage.cachedInputTokens"),
      tokens("ai.usage.inputTokenDetails.cacheReadTokens"),
    ],
    cacheWriteInputTokens: [tokens("ai.usage.inputTokenDetails.cacheWriteTokens")],
    reasoningOutputTokens: [
      tokens("ai.usage.reasoningTokens"),
      tokens("ai.usage.outputTokenDetails.reasoningTokens"),
    ],
    timeToFirstTokenMs: [number("ai.response.msToFirstChunk"), number("ai.stream.msToFirstChunk")],
    userId: userGiven("userId", "user_id", "user.id"),
    sessionId: userGiven("sessionId", "session_id", "session.id", "chatId"),
    tags: [texts("ai.telemetry.metadata.tags"), texts("ai.settings.context.tags")],
    promptName: userGiven("promptName", "prompt.name", "prompt_name"),
    promptVersion: userGiven("promptVersion", "prompt.version", "prompt_version"),
    variables: [
      object("ai.telemetry.metadata.promptVariables"),
      object("ai.telemetry.metadata.variables"),
      object("ai.settings.context.promptVariables"),
    ],
    inputMessages: [
      messages("ai.prompt.messages", (found) => readMessages(found, "user")),
      messages("ai.prompt", (found) => readMessages(found, "user")),
    ],
    outputMessages: [answer],
    inputValue: [value("ai.toolCall.args"), value("ai.values"), value("ai.value")],
    outputValue: [value("ai.toolCall.result"), value("ai.response.object")],
    tools: [list("ai.prompt.tools")],
    finishReasons: [texts("ai.response.finishReason")],
    parameters: [parametersUnder("ai.settings.")],
    metadata: [prefixed("ai.telemetry.metadata."), prefixed("ai.settings.context.")],
  },
};

function operationOfId({ attributes }: Source): Operation | null {
  const id = attributes["ai.operationId"];
  if (typeof id !== "string") return null;
  if (id.endsWith(".doGenerate") || id.endsWith(".doStream")) return "chat";
  if (id.endsWith(".doEmbed")) return "embeddings";
  if (id.endsWith(".doRerank")) return "rerank";
  return id === "ai.toolCall" ? "execute_tool" : "invoke_agent";
}

function userGiven(...names: string[]): Candidate<string>[] {
  return ["ai.telemetry.metadata.", "ai.settings.context."].flatMap((prefix) =>
    names.map((name) => text(`${prefix}${name}`)),
  );
}

function answer({ attributes }: Source): Message[] | null {
  const message: JsonObject = { role: "assistant", content: answerParts(attributes) };
  const calls = asStructure(attributes["ai.response.toolCalls"]);
  if (Array.isArray(calls)) message.tool_calls = calls;
  const finishReason = attributes["ai.response.finishReason"];
  if (finishReason !== undefined) message.finish_reason = finishReason;
  const found = readMessages([message], "assistant");
  return found?.[0] && found[0].parts.length > 0 ? found : null;
}

function answerParts(attributes: JsonObject): Json[] {
  const reasoning = attributes["ai.response.reasoning"];
  const answered = attributes["ai.response.text"] ?? attributes["ai.response.object"];
  return [
    ...(typeof reasoning === "string" && reasoning ? [{ type: "reasoning", text: reasoning }] : []),
    ...(typeof answered === "string" && answered ? [{ type: "text", text: answered }] : []),
  ];
}
