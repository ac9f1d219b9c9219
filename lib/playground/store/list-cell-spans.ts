import { type Context, requireScope } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import type { Score } from "#lib/traces/score.ts";
import { type ScoreRow, selectScore, toScore } from "#lib/traces/store/score-rows.ts";
import {
  type PayloadRow,
  type SpanDetail,
  type SpanRow,
  selectSpan,
  toDetail,
} from "#lib/traces/store/span-rows.ts";

/** The spans of these traces with their content, each trace's in order of start, and what was scored in them. */
export async function listCellSpans(
  ctx: Context,
  traceIds: readonly string[],
): Promise<{ spans: SpanDetail[]; scores: Score[] }> {
  requireScope(ctx, "read");
  if (traceIds.length === 0) return { spans: [], scores: [] };
  const db = sql();
  const [spans, scores] = await Promise.all([
    db<(SpanRow & PayloadRow)[]>`
      select ${selectSpan(db)}, p.raw, p.content
      from spans s join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id
        and p.project_id = s.project_id and p.start_time = s.start_time
      where s.trace_id = any(${traceIds}::uuid[]) and s.project_id = ${ctx.projectId}
      order by s.start_time, s.received_at, s.span_id`,
    db<ScoreRow[]>`
      select ${selectScore(db)} from scores c
      where c.trace_id = any(${traceIds}::uuid[]) and c.project_id = ${ctx.projectId}
      order by c.created_at, c.id`,
  ]);
  return { spans: spans.map(toDetail), scores: scores.map(toScore) };
}
