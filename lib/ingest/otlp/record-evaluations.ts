import { type Context, requireScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { contentHash, type Json } from "#lib/core/json.ts";
import { type ScoreInput, scoreInput } from "#lib/scores/schema.ts";
import { writeScores } from "#lib/scores/store/write-scores.ts";
import { findSpanOfResponse } from "#lib/traces/store/find-span-of-response.ts";
import type { EvaluationEvent } from "./to-events.ts";
import type { RejectedSpan } from "./to-spans.ts";

/**
 * Stores `gen_ai.evaluation.result` events as scores. Its id is the event's content, so a retried request stores
 * it once. Returns those that can't be a score, with their reasons.
 */
export async function recordEvaluations(
  ctx: Context,
  events: readonly EvaluationEvent[],
): Promise<RejectedSpan[]> {
  requireScope(ctx, "traces:write");
  const rejected: RejectedSpan[] = [];
  for (const event of events) {
    const refuse = (message: string) =>
      rejected.push({ traceId: event.traceId ?? "", spanId: event.spanId ?? "", message });
    const target = await targetOf(ctx, event);
    if (!target) {
      refuse("the evaluation names no span: it has no trace id, and no span has its gen_ai.response.id");
      continue;
    }
    const parsed = scoreInput.safeParse(toScore(event, target));
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      refuse(`the evaluation's ${issue.path.join(".") || "score"}: ${issue.message}`);
      continue;
    }
    try {
      await writeScores(ctx, [parsed.data]);
    } catch (error) {
      if (!isAppError(error) || error.code !== "invalid_input") throw error;
      refuse(error.message);
    }
  }
  return rejected;
}

type Target = { traceId: string; spanId: string | undefined };

async function targetOf(ctx: Context, event: EvaluationEvent): Promise<Target | null> {
  if (event.traceId) return { traceId: event.traceId, spanId: event.spanId ?? undefined };
  if (!event.responseId) return null;
  return findSpanOfResponse(ctx, event.responseId);
}

function toScore({ attributes, timeUnixNano }: EvaluationEvent, target: Target) {
  const value = attributes["gen_ai.evaluation.score.value"] ?? attributes["gen_ai.evaluation.score.label"];
  const comment = textOf(attributes["gen_ai.evaluation.explanation"]);
  return {
    id: `otel-${contentHash([target, attributes, timeUnixNano]).slice(0, 40)}`,
    ...target,
    name: attributes["gen_ai.evaluation.name"] as ScoreInput["name"],
    value: value as ScoreInput["value"],
    source: "evaluator",
    ...(comment === null ? {} : { comment: comment.slice(0, 4000) }),
    ...(timeUnixNano === "0" ? {} : { createdAt: new Date(Number(timeUnixNano.slice(0, -6))).toISOString() }),
  };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
