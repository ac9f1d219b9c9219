import { sql } from "#lib/db/postgres.ts";

export type PendingMeasure = {
  /** Marked as changed, a trace that is marked twice counted twice. */
  traces: number;
  /** Over the last two seconds. */
  tracesPerSecond: number;
  /** How long the oldest mark has waited. */
  oldestS: number;
};

/** What there is to pack, in all projects. */
export async function measurePending(): Promise<PendingMeasure> {
  const [row] = await sql()<{ traces: number; recent: number; oldest_s: number }[]>`
    select coalesce(sum(length(trace_ids) / 16), 0)::float8 as traces,
      coalesce(sum(length(trace_ids) / 16) filter (where marked_at > now() - interval '2 seconds'), 0)::float8 as recent,
      coalesce(extract(epoch from now() - min(marked_at)), 0)::float8 as oldest_s
    from pending_traces`;
  return { traces: row!.traces, tracesPerSecond: row!.recent / 2, oldestS: row!.oldest_s };
}
