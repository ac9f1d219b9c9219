import type { Json, JsonObject } from "#lib/core/json.ts";
import { callSpan } from "#lib/evaluations/call-span.ts";
import type { ChatRequest, ChatToolCall } from "#lib/llm/schema.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import { parametersOf } from "#lib/traces/conventions/parameters.ts";
import type { Span } from "#lib/traces/span.ts";
import type { Called } from "./call-once.ts";
import type { SameVersion } from "./find-same-version.ts";
import { playgroundEnvironment } from "./words.ts";

type Ids = { traceId: string; spanId: string };

export type PlaygroundCall = Ids & {
  name: string;
  model: ModelVersion;
  request: ChatRequest;
  version: SameVersion | null;
  variables: JsonObject | null;
  metadata: JsonObject;
  called: Called;
  costUsd: number | null;
};

/**
 * A call of the playground as a span: linked to the prompt version that has exactly its content, to no deployment and
 * no A/B test. One that was stopped or broke off keeps what it had said. Pure.
 */
export function toCallSpan(call: PlaygroundCall): Span {
  const { called, model, version } = call;
  const span = callSpan({
    traceId: call.traceId,
    spanId: call.spanId,
    name: call.name,
    provider: model.connection.provider,
    request: call.request,
    modelVersionId: model.id,
    parameters: parametersOf(call.request as JsonObject),
    prompt: version && { name: version.name, version: String(version.number), versionId: version.id },
    variables: call.variables,
    metadata: call.metadata,
    startedAtMs: called.startedAtMs,
    endedAtMs: called.endedAtMs,
    costUsd: call.costUsd,
    outcome: outcomeOf(called),
  });
  const said = span.outputMessages === null ? partOf(called) : span.outputMessages;
  return { ...asPlayground(span), outputMessages: said };
}

/** A tool's answer as a span; `by` is who gave it. Pure. */
export function toToolSpan(
  tool: Ids & { call: ChatToolCall; result: string; by: string; atMs: number; metadata: JsonObject },
): Span {
  const { call, atMs } = tool;
  const span = callSpan({
    traceId: tool.traceId,
    spanId: tool.spanId,
    name: `execute_tool ${call.function.name}`,
    provider: "",
    request: { model: "", messages: [] },
    modelVersionId: "",
    parameters: {},
    prompt: null,
    variables: null,
    metadata: { ...tool.metadata, answeredBy: tool.by, callId: call.id },
    startedAtMs: atMs,
    endedAtMs: atMs,
    costUsd: null,
    outcome: { status: "error", errorType: "", errorMessage: "" },
  });
  return {
    ...asPlayground(span),
    kind: "internal",
    operation: "execute_tool",
    status: "ok",
    errorType: null,
    errorMessage: null,
    provider: null,
    requestModel: null,
    modelVersionId: null,
    inputMessages: null,
    inputValue: parsed(call.function.arguments),
    outputValue: parsed(tool.result),
    raw: {
      ...asPlayground(span).raw,
      attributes: { "gen_ai.tool.name": call.function.name, "gen_ai.tool.call.id": call.id },
      statusCode: 1,
      statusMessage: null,
    },
  };
}

function asPlayground(span: Span): Span {
  return {
    ...span,
    environment: playgroundEnvironment,
    dialect: "playground",
    raw: { ...span.raw, scope: { name: "stemma.playground", version: null } },
  };
}

function outcomeOf(called: Called): Parameters<typeof callSpan>[0]["outcome"] {
  if (called.status === "ok") return { status: "ok", result: called.result };
  if (called.status === "stopped")
    return { status: "error", errorType: "canceled", errorMessage: "Stopped in the playground." };
  return { status: "error", errorType: called.errorType, errorMessage: called.error.message };
}

function partOf({ text, reasoning }: Called): Span["outputMessages"] {
  const parts = [
    ...(reasoning ? [{ type: "reasoning" as const, text: reasoning }] : []),
    ...(text ? [{ type: "text" as const, text }] : []),
  ];
  return parts.length > 0 ? [{ role: "assistant", name: null, parts, finishReason: null }] : null;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
