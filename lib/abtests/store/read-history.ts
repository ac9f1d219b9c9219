import { sql } from "#lib/db/postgres.ts";
import type { Sums } from "#lib/stats/sums.ts";
import type { Measure } from "../metrics.ts";

export type History = {
  /** Of the measure, over users (or sessions) as units. */
  sums: Sums;
  unitsPerDay: number;
};

/**
 * What the control did in the last 14 days, per would-be unit: the user, or the session. Calls without either are
 * left out. Zero units if there were none.
 */
export async function readHistory(input: {
  projectId: string;
  promptVersionId: string;
  modelVersionId: string;
  unitKind: "user" | "session" | "attribute";
  measure: Measure;
  before: Date;
}): Promise<History> {
  const { projectId, promptVersionId, modelVersionId, unitKind, measure, before } = input;
  const from = new Date(before.getTime() - 14 * 86_400_000);
  const db = sql();
  const unit = unitKind === "session" ? db`session_id` : db`user_id`;
  const isScore = measure.startsWith("score:");
  const value = isScore
    ? db`(select avg(numeric_value) from scores c where c.trace_id = s.trace_id and c.project_id = s.project_id
        and c.name = ${measure.slice("score:".length)})`
    : columnOf(measure);
  const [row] = await db<[Sums & { days: number; seen: number }]>`
    with observed as (
      select ${unit} as unit, (${value})::float8 as value, start_time
      from spans s
      where project_id = ${projectId} and prompt_version_id = ${promptVersionId}
        and model_version_id = ${modelVersionId} and is_model_call
        and start_time >= ${from} and start_time < ${before} and ${unit} is not null
    ),
    units as (
      select unit, count(value)::float8 as n, coalesce(sum(value), 0) as s from observed group by unit having count(value) > 0
    )
    select count(*) as k, coalesce(sum(n), 0) as n, coalesce(sum(s), 0) as s, coalesce(sum(n * n), 0) as nn,
      coalesce(sum(s * s), 0) as ss, coalesce(sum(n * s), 0) as ns,
      (select count(distinct unit) from observed) as seen,
      (select greatest(1, extract(epoch from max(start_time) - min(start_time)) / 86400)::float8 from observed) as days
    from units`;
  const { days, seen, ...sums } = row;
  return { sums, unitsPerDay: seen === 0 ? 0 : seen / days };
}

function columnOf(measure: Measure) {
  const db = sql();
  switch (measure) {
    case "error_rate":
      return db`(status = 'error')::int`;
    case "latency_ms":
      return db`duration_us / 1e3`;
    case "time_to_first_token_ms":
      return db`ttft_ms`;
    default:
      return db(measure);
  }
}
