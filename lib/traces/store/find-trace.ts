import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { sql } from "#lib/db/postgres.ts";
import type { Score } from "../score.ts";
import { type ScoreRow, selectScore, toScore } from "./score-rows.ts";
import {
  type PayloadRow,
  type SpanDetail,
  type SpanRow,
  type SpanSummary,
  selectSpan,
  toDetail,
  toSummary,
} from "./span-rows.ts";

/** Everything of one trace: its spans in order of start, content and all, and its scores. Throws `not_found`. */
export async function findTrace(
  ctx: Context,
  traceId: string,
): Promise<{ traceId: string; spans: SpanDetail[]; scores: Score[] }> {
  requireScope(ctx, "read");
  const id = requireTraceId(traceId);
  const db = sql();
  const [rows, scores] = await Promise.all([
    db<(SpanRow & PayloadRow)[]>`
      select ${selectSpan(db)}, p.raw, p.content
      from spans s join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id
        and p.project_id = s.project_id and p.start_time = s.start_time
      where s.trace_id = ${id} and s.project_id = ${ctx.projectId}
      order by s.start_time, s.span_id`,
    listScoresOfTrace(ctx, id),
  ]);
  if (rows.length === 0) throw traceNotFound();
  return { traceId: id, spans: rows.map(toDetail), scores };
}

/** The same without the spans' content: what the tree, the timeline and the totals of a long trace need. */
export async function findTraceOutline(
  ctx: Context,
  traceId: string,
): Promise<{ traceId: string; spans: SpanSummary[]; scores: Score[] }> {
  requireScope(ctx, "read");
  const id = requireTraceId(traceId);
  const db = sql();
  const [rows, scores] = await Promise.all([
    db<SpanRow[]>`
      select ${selectSpan(db)} from spans s
      where s.trace_id = ${id} and s.project_id = ${ctx.projectId}
      order by s.start_time, s.span_id`,
    listScoresOfTrace(ctx, id),
  ]);
  if (rows.length === 0) throw traceNotFound();
  return { traceId: id, spans: rows.map(toSummary), scores };
}

/** One span with its content. Throws `not_found`. */
export async function findSpan(ctx: Context, traceId: string, spanId: string): Promise<SpanDetail> {
  requireScope(ctx, "read");
  const id = requireTraceId(traceId);
  const db = sql();
  const [row] = /^[0-9a-f]{16}$/i.test(spanId)
    ? await db<(SpanRow & PayloadRow)[]>`
        select ${selectSpan(db)}, p.raw, p.content
        from spans s join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id
          and p.project_id = s.project_id and p.start_time = s.start_time
        where s.trace_id = ${id} and s.span_id = decode(${spanId}, 'hex') and s.project_id = ${ctx.projectId}`
    : [];
  if (!row) throw new AppError("not_found", "There is no such span in this project.");
  return toDetail(row);
}

async function listScoresOfTrace(ctx: Context, traceId: string): Promise<Score[]> {
  const db = sql();
  const rows = await db<ScoreRow[]>`
    select ${selectScore(db)} from scores c
    where c.trace_id = ${traceId} and c.project_id = ${ctx.projectId}
    order by c.created_at, c.id`;
  return rows.map(toScore);
}

function requireTraceId(traceId: string): string {
  if (!/^[0-9a-f]{32}$/i.test(traceId)) throw traceNotFound();
  return traceId.toLowerCase();
}

function traceNotFound(): AppError {
  return new AppError("not_found", "There is no such trace in this project.");
}
