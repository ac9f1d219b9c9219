import { type Context, requireScope } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import { type TraceFilterDraft, type TraceSummary, traceFilter } from "../schema.ts";
import { spanConditions } from "./filter-sql.ts";
import { isoText } from "./iso-text.ts";
import type { TraceMatch } from "./search-traces.ts";
import { summarizeTraces } from "./summarize-traces.ts";

/** Those of the traces that the filter matches, the newest first. Needs `read`. */
export async function matchTraces(
  ctx: Context,
  filter: TraceFilterDraft,
  traceIds: readonly string[],
): Promise<TraceSummary[]> {
  requireScope(ctx, "read");
  if (traceIds.length === 0) return [];
  const db = sql();
  const matches = await db<TraceMatch[]>`
    select replace(s.trace_id::text, '-', '') as trace_id, ${isoText(db, "min(s.start_time)")} as start_text
    from spans s
    where s.trace_id = any(${traceIds as string[]}::uuid[])
      and ${spanConditions(db, ctx.projectId, traceFilter.parse(filter), "s")}
    group by s.trace_id
    order by min(s.start_time) desc, s.trace_id desc`;
  return summarizeTraces(ctx, matches);
}
