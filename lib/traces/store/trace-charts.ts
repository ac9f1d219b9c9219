import { type Context, requireScope } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import { type TraceFilterDraft, traceFilter } from "../schema.ts";
import { spanConditions } from "./filter-sql.ts";

/** Sums per slice of time; null where a slice has nothing to measure. */
export type TraceBuckets = {
  /** Start of each slice, milliseconds since 1970. */
  times: number[];
  bucketMs: number;
  /** Traces that have a matching span in the slice, and those of which one failed. */
  counts: number[];
  errors: number[];
  /** Of root spans; of the matching spans where no root matches. */
  p95LatencyMs: (number | null)[];
  /** Of leaf model calls. */
  costUsd: (number | null)[];
};

const sliceCount = 60;
const widths = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 86_400, 604_800].map((s) => s * 1000);

/** Charts of what matches between two times, in about sixty slices of a round length. Needs `read`. */
export async function chartTraces(
  ctx: Context,
  filter: TraceFilterDraft & { from: string; to: string },
): Promise<TraceBuckets> {
  requireScope(ctx, "read");
  const parsed = traceFilter.parse(filter);
  const [fromMs, toMs] = [Date.parse(filter.from), Date.parse(filter.to)];
  const bucketMs = widths.find((width) => (toMs - fromMs) / width <= sliceCount) ?? widths.at(-1)!;
  const firstMs = Math.floor(fromMs / bucketMs) * bucketMs;
  const times = Array.from(
    { length: Math.min(1000, Math.max(1, Math.ceil((toMs - firstMs) / bucketMs))) },
    (_, index) => firstMs + index * bucketMs,
  );
  const db = sql();
  const rows = await db<Row[]>`
    select (extract(epoch from date_bin(${`${bucketMs} milliseconds`}::text::interval, s.start_time, '1970-01-01Z')) * 1000)::bigint as at_ms,
      count(distinct s.trace_id) as traces,
      count(distinct s.trace_id) filter (where s.status = 'error') as errors,
      percentile_cont(0.95) within group (order by s.duration_us) filter (where s.parent_span_id is null) / 1000 as p95_root_ms,
      percentile_cont(0.95) within group (order by s.duration_us) / 1000 as p95_ms,
      sum(s.cost_usd) filter (where s.is_model_call) as cost_usd
    from spans s
    where ${spanConditions(db, ctx.projectId, parsed, "s")}
    group by 1`;
  const rowAt = new Map(rows.map((row) => [row.at_ms, row]));
  return {
    times,
    bucketMs,
    counts: times.map((at) => rowAt.get(at)?.traces ?? 0),
    errors: times.map((at) => rowAt.get(at)?.errors ?? 0),
    p95LatencyMs: times.map((at) => rowAt.get(at)?.p95_root_ms ?? rowAt.get(at)?.p95_ms ?? null),
    costUsd: times.map((at) => rowAt.get(at)?.cost_usd ?? null),
  };
}

type Row = {
  at_ms: number;
  traces: number;
  errors: number;
  p95_root_ms: number | null;
  p95_ms: number | null;
  cost_usd: number | null;
};
