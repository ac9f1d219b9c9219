import type { Context } from "#lib/core/context.ts";
import type { Json } from "#lib/core/json.ts";
import type { ChatToolCall } from "#lib/llm/schema.ts";
import { type ChatMessage, chatMessage } from "#lib/prompts/schema.ts";
import type { Score } from "#lib/traces/score.ts";
import { modelCallOperations } from "#lib/traces/span.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import type { CellAnswer, CellMetrics } from "./answer.ts";
import { explainError, ownError } from "./explain-error.ts";
import { listCellSpans } from "./store/list-cell-spans.ts";
import type { StoredCells } from "./store/setups.ts";

export type RestoredCell = { answer: CellAnswer; scores: Score[] };

/** The answers of the last runs, read back from their traces; a cell whose trace was deleted is left out. */
export async function restoreCells(ctx: Context, cells: StoredCells): Promise<Record<string, RestoredCell>> {
  const traceIds = [...new Set(Object.values(cells).map((cell) => cell.traceId))];
  const { spans, scores } = await listCellSpans(ctx, traceIds);
  const byTrace = Map.groupBy(spans, (span) => span.traceId);
  const found = Object.entries(cells).flatMap(([key, { traceId, mark }]) => {
    const answer = answerOf(byTrace.get(traceId) ?? [], mark);
    const own = scores.filter((score) => score.traceId === traceId);
    return answer ? [[key, { answer, scores: own }] as const] : [];
  });
  return Object.fromEntries(found);
}

function answerOf(spans: readonly SpanDetail[], mark: string): CellAnswer | null {
  const calls = spans.filter((span) => modelCallOperations.includes(span.operation));
  const last = calls.at(-1);
  if (!last) return null;
  const parts = (last.outputMessages ?? []).flatMap((message) => message.parts);
  const textOf = (type: "text" | "reasoning") =>
    parts.flatMap((part) => (part.type === type ? [part.text] : [])).join("");
  const toolCalls = parts.flatMap((part, index): ChatToolCall[] =>
    part.type === "tool_call"
      ? [
          {
            id: part.id ?? `call_${index + 1}`,
            type: "function",
            function: { name: part.name, arguments: spell(part.arguments) },
          },
        ]
      : [],
  );
  const isStopped = last.errorType === "canceled";
  const status = isStopped
    ? "stopped"
    : last.status === "error"
      ? "error"
      : toolCalls.length > 0
        ? "awaiting"
        : "done";
  return {
    status,
    since: sinceOf(last),
    text: textOf("text"),
    reasoning: textOf("reasoning") || null,
    toolCalls,
    answered: status === "awaiting" ? resultsOf(spans, toolCalls) : {},
    finishReason: last.finishReasons[0] ?? null,
    error: status === "error" ? errorOf(last) : null,
    metrics: metricsOf(calls),
    seed: typeof last.parameters.seed === "number" ? last.parameters.seed : null,
    model: last.responseModel ?? last.requestModel,
    promptVersion: last.prompt?.versionId
      ? { name: last.prompt.name, number: Number(last.prompt.version) }
      : null,
    traceId: last.traceId,
    spanId: last.spanId,
    mark,
  };
}

/** What the model calls among a cell's spans took together. */
export function metricsOf(spans: readonly SpanDetail[]): CellMetrics {
  const calls = spans.filter((span) => modelCallOperations.includes(span.operation));
  const sum = (read: (span: SpanDetail) => number | null) => {
    const known = calls.map(read).filter((value) => value !== null);
    return known.length > 0 ? known.reduce((total, value) => total + value, 0) : null;
  };
  return {
    calls: calls.length,
    latencyMs: sum((span) => (span.durationUs === null ? null : span.durationUs / 1000)),
    timeToFirstTokenMs: calls[0]?.timeToFirstTokenMs ?? null,
    inputTokens: sum((span) => span.usage.inputTokens),
    outputTokens: sum((span) => span.usage.outputTokens),
    costUsd: sum((span) => span.cost.usd),
  };
}

/** What followed the prompt's own messages in the last request, which the span keeps whole. */
function sinceOf(span: SpanDetail): ChatMessage[] {
  const { request } = span.raw.attributes;
  const count = span.metadata.promptMessageCount;
  if (typeof request !== "object" || request === null || Array.isArray(request)) return [];
  if (!Array.isArray(request.messages) || typeof count !== "number") return [];
  const parsed = chatMessage.array().safeParse(request.messages.slice(count));
  return parsed.success ? parsed.data : [];
}

function resultsOf(spans: readonly SpanDetail[], calls: readonly ChatToolCall[]): Record<string, string> {
  const results = spans.flatMap((span) => {
    const { callId } = span.metadata;
    if (span.operation !== "execute_tool" || typeof callId !== "string") return [];
    return calls.some((call) => call.id === callId) ? [[callId, spell(span.outputValue ?? "")] as const] : [];
  });
  return Object.fromEntries(results);
}

function errorOf(span: SpanDetail): CellAnswer["error"] {
  const message = span.errorMessage ?? "The call failed.";
  const status = Number(span.errorType);
  if (Number.isInteger(status)) return explainError({ status, message });
  if (span.errorType === "provider_unreachable") return explainError({ status: null, message });
  return ownError("other", message, "Run it again.");
}

function spell(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
