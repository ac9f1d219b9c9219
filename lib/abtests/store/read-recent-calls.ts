import { sql } from "#lib/db/postgres.ts";
import type { Span } from "#lib/traces/span.ts";
import { type PayloadRow, type SpanRow, selectSpan, toDetail } from "#lib/traces/store/span-rows.ts";
import type { AbTest } from "../definition.ts";

export type RecentCall = {
  traceId: string;
  unitId: string;
  variantKey: string;
  startedAt: Date;
  latencyMs: number | null;
  costUsd: number | null;
  isError: boolean;
  /** Means of the trace's numeric scores, by name. */
  scores: Record<string, number>;
  span: Span;
};

/** The first call of each of a variant's latest traces, with its content; those still open are left out. */
export async function readRecentCalls(
  test: AbTest,
  variantKey: string,
  limit: number,
): Promise<RecentCall[]> {
  const db = sql();
  const rows = await db<(SpanRow & PayloadRow & { scores: Record<string, number> | null })[]>`
    with latest as materialized (
      select s.* from spans s
      where s.ab_test_id = ${test.id} and s.variant_key = ${variantKey} and s.project_id = ${test.projectId}
        and s.is_model_call and s.unit_id is not null and s.duration_us is not null
        and s.start_time >= ${test.startedAt ?? new Date(0)}
      order by s.start_time desc limit ${limit}
    )
    select ${selectSpan(db)}, p.raw, p.content,
      (select jsonb_object_agg(name, value) from (
        select c.name, avg(c.numeric_value) as value from scores c
        where c.trace_id = s.trace_id and c.project_id = s.project_id and c.numeric_value is not null group by c.name
      ) means) as scores
    from (select distinct on (trace_id) * from latest order by trace_id, start_time) s
      join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id and p.project_id = s.project_id
        and p.start_time = s.start_time
    order by s.start_time desc`;
  return rows.map((row) => ({
    traceId: row.trace_id,
    unitId: row.unit_id!,
    variantKey,
    startedAt: new Date(row.start_us / 1000),
    latencyMs: row.duration_us === null ? null : row.duration_us / 1000,
    costUsd: row.cost_usd,
    isError: row.status === "error",
    scores: row.scores ?? {},
    span: toDetail(row),
  }));
}
