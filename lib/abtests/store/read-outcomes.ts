import { sql } from "#lib/db/postgres.ts";

/** A trace of a test and what came of it. */
export type Outcome = {
  traceId: string;
  variantKey: string;
  unitId: string;
  at: Date;
  environment: string | null;
  isError: boolean;
  latencyMs: number | null;
  costUsd: number | null;
  /** The mean of its scores of the name asked for. */
  score: number | null;
};

/**
 * The newest traces of each variant with what came of them, at most `perVariant` each: what examples are chosen from.
 * Only traces that count: with a unit, and a variant that the test has.
 */
export async function readOutcomes(input: {
  projectId: string;
  abTestId: string;
  variantKeys: readonly string[];
  from: Date;
  to: Date;
  scoreName: string | null;
  perVariant: number;
}): Promise<Outcome[]> {
  const { projectId, abTestId, variantKeys, from, to, scoreName, perVariant } = input;
  const rows = await sql()<Outcome[]>`
    with newest as (
      select c.*
      from unnest(${[...variantKeys]}::text[]) as v (key)
      cross join lateral (
        select trace_id, variant_key, unit_id, start_time, duration_us, environment, status, cost_usd
        from spans
        where ab_test_id = ${abTestId} and variant_key = v.key and project_id = ${projectId} and is_model_call
          and unit_id is not null and start_time >= ${from} and start_time <= ${to}
        order by start_time desc
        limit ${2 * perVariant}
      ) c
    ), traces as (
      select trace_id, variant_key, min(unit_id) as unit_id, min(start_time) as at, min(environment) as environment,
        bool_or(status = 'error') as is_error,
        extract(epoch from max(start_time + duration_us * interval '1 microsecond') - min(start_time))::float8 * 1000 as latency_ms,
        sum(cost_usd) as cost_usd,
        row_number() over (partition by variant_key order by min(start_time) desc) as place
      from newest group by trace_id, variant_key
    )
    select replace(t.trace_id::text, '-', '') as "traceId", t.variant_key as "variantKey", t.unit_id as "unitId", t.at,
      t.environment, t.is_error as "isError", t.latency_ms as "latencyMs", t.cost_usd as "costUsd",
      (select avg(numeric_value)::float8 from scores s
        where s.trace_id = t.trace_id and s.project_id = ${projectId} and s.name = ${scoreName}) as score
    from traces t where place <= ${perVariant}`;
  return [...rows];
}
