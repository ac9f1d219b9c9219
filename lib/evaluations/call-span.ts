import type { Json, JsonObject } from "#lib/core/json.ts";
import type { ChatRequest, ChatResult } from "#lib/llm/schema.ts";
import { readMessages } from "#lib/traces/conventions/messages.ts";
import type { PromptReference, Span } from "#lib/traces/span.ts";

export type CallFacts = {
  traceId: string;
  spanId: string;
  name: string;
  provider: string;
  request: ChatRequest;
  modelVersionId: string;
  parameters: JsonObject;
  prompt: PromptReference | null;
  variables: JsonObject | null;
  metadata: JsonObject;
  startedAtMs: number;
  endedAtMs: number;
  costUsd: number | null;
  outcome:
    | { status: "ok"; result: ChatResult }
    | { status: "error"; errorType: string; errorMessage: string };
};

/** A model call of an evaluation as a span; its dialect is `evaluation`. Pure. */
export function callSpan(call: CallFacts): Span {
  const { outcome, request } = call;
  const result = outcome.status === "ok" ? outcome.result : null;
  const hasUsage = result !== null && (result.usage.inputTokens ?? result.usage.outputTokens) !== null;
  return {
    traceId: call.traceId,
    spanId: call.spanId,
    parentSpanId: null,
    name: call.name,
    kind: "client",
    operation: "chat",
    startTimeUs: Math.round(call.startedAtMs * 1000),
    endTimeUs: Math.round(call.endedAtMs * 1000),
    status: outcome.status,
    errorType: outcome.status === "error" ? outcome.errorType : null,
    errorMessage: outcome.status === "error" ? outcome.errorMessage : null,
    service: "stemma",
    environment: "evaluation",
    release: null,
    userId: null,
    sessionId: null,
    tags: [],
    metadata: call.metadata,
    provider: call.provider,
    requestModel: request.model,
    responseModel: result?.model ?? null,
    modelVersionId: call.modelVersionId,
    parameters: call.parameters,
    inputMessages: readMessages(request.messages as Json[], "user"),
    outputMessages: result ? readMessages(answerOf(result), "assistant") : null,
    inputValue: null,
    outputValue: null,
    tools: Array.isArray(request.tools) ? (request.tools as Json[]) : null,
    finishReasons: result?.finishReason ? [result.finishReason] : [],
    usage: {
      ...(result?.usage ?? noUsage),
      source: hasUsage ? "reported" : "missing",
    },
    cost: { usd: call.costUsd, source: call.costUsd === null ? "missing" : "computed" },
    timeToFirstTokenMs: result?.timeToFirstTokenMs ?? null,
    prompt: call.prompt,
    variables: call.variables,
    assignment: null,
    deployment: null,
    dialect: "evaluation",
    mappingVersion: 1,
    raw: {
      resource: { "service.name": "stemma" },
      scope: { name: "stemma.evaluations", version: null },
      attributes: { request: request as unknown as JsonObject, response: (result?.raw ?? null) as Json },
      events: [],
      links: [],
      startTimeUnixNano: nanoseconds(call.startedAtMs),
      endTimeUnixNano: nanoseconds(call.endedAtMs),
      statusCode: outcome.status === "ok" ? 1 : 2,
      statusMessage: outcome.status === "error" ? outcome.errorMessage : null,
    },
  };
}

/** The text of an answer; of one that only calls tools, the calls as JSON. */
export function outputText(result: ChatResult): string {
  const { content, tool_calls: calls } = result.message;
  if (content !== null && content !== "") return content;
  return calls.length > 0 ? JSON.stringify(calls.map((call) => call.function)) : "";
}

const noUsage = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  cacheWriteInputTokens: null,
  reasoningOutputTokens: null,
};

function answerOf(result: ChatResult): Json {
  const { role, content, reasoning, tool_calls: calls } = result.message;
  const message: JsonObject = { role, content, finish_reason: result.finishReason };
  if (reasoning) message.reasoning_content = reasoning;
  if (calls.length > 0) message.tool_calls = calls as unknown as Json;
  return [message];
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}
