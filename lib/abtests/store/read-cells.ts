import { sql } from "#lib/db/postgres.ts";
import { gamma, type LogHistogram } from "#lib/stats/log-histogram.ts";
import type { Arm, Cells, MeasureCell } from "../cells.ts";
import type { AbTest } from "../definition.ts";
import type { Measure } from "../metrics.ts";

/** How far the clocks of applications may differ from ours and their first and newest traces still count. */
const clockSkewMs = 10 * 60_000;

/**
 * The sufficient statistics of a test, in one statement over its time span; rows never leave Postgres.
 *
 * An observation is a *trace*: its leaf model calls that name this test. Error: any of them failed. Latency: from
 * the first one's start to the last one's end. Cost and tokens: their sums, absent where none is known. Score: the
 * mean of the trace's scores of that name. A unit counts in the variant of its exposure, else of its first trace
 * (a client that assigns by itself), whatever served it later: intention to treat.
 */
export async function readCells(test: AbTest, until: Date): Promise<Cells> {
  if (!test.startedAt)
    return { arms: [], multiplyExposedUnits: 0, strays: [], lastTraceAt: null, cohorts: [], segments: [] };
  const from = new Date(test.startedAt.getTime() - clockSkewMs);
  const to = test.stoppedAt ?? new Date(until.getTime() + clockSkewMs);
  const variantKeys = test.variants.map((variant) => variant.key);
  const [row] = await sql()<[Row]>`
    with calls as materialized (
      select unit_id, trace_id, variant_key, status, start_time, duration_us, ttft_ms, cost_usd, input_tokens, output_tokens
      from spans
      where ab_test_id = ${test.id} and project_id = ${test.projectId} and is_model_call
        and start_time >= ${from} and start_time <= ${to}
    ),
    traces as materialized (
      select unit_id, trace_id, min(start_time) as started_at,
        bool_or(status = 'error')::int::float8 as error_rate,
        extract(epoch from max(start_time + duration_us * interval '1 microsecond') - min(start_time))::float8 * 1000 as latency_ms,
        min(ttft_ms) as time_to_first_token_ms,
        sum(cost_usd) as cost_usd,
        sum(input_tokens)::float8 as input_tokens,
        sum(output_tokens)::float8 as output_tokens
      from calls
      where unit_id is not null and variant_key = any(${variantKeys})
      group by unit_id, trace_id
    ),
    seen as (
      select unit_id, min(start_time) as first_at, (array_agg(variant_key order by start_time))[1] as first_variant,
        count(distinct variant_key) as variants
      from calls
      where unit_id is not null and variant_key = any(${variantKeys})
      group by unit_id
    ),
    exposed as (
      select unit_id, variant_key, phase, first_exposed_at
      from ab_unit
      where project_id = ${test.projectId} and ab_test_id = ${test.id} and first_exposed_at <= ${to}
    ),
    phases as (
      select * from unnest(${test.phases.map((phase) => phase.number)}::int[],
        ${test.phases.map((phase) => phase.startedAt.toISOString())}::timestamptz[]) as p (number, started_at)
    ),
    units as materialized (
      select unit_id,
        coalesce(e.variant_key, s.first_variant) as variant_key,
        coalesce(e.phase, (select max(number) from phases where phases.started_at <= s.first_at)) as phase,
        coalesce(e.first_exposed_at, s.first_at) as first_at,
        coalesce(s.variants > 1 or s.first_variant <> e.variant_key, false) as is_multiple,
        ('x' || substr(md5(${`${test.id}:jackknife:`}::text || unit_id), 1, 7))::bit(28)::int % 100 as jackknife
      from exposed e full join seen s using (unit_id)
    ),
    scored as (
      select t.unit_id, t.trace_id, s.name, avg(s.numeric_value) as value
      from traces t join scores s on s.trace_id = t.trace_id and s.project_id = ${test.projectId}
      where s.numeric_value is not null
      group by t.unit_id, t.trace_id, s.name
    ),
    observations as (
      select t.unit_id, m.measure, m.value
      from traces t cross join lateral (values
        ('error_rate', error_rate), ('latency_ms', latency_ms), ('time_to_first_token_ms', time_to_first_token_ms),
        ('cost_usd', cost_usd), ('input_tokens', input_tokens), ('output_tokens', output_tokens)) as m (measure, value)
      where m.value is not null
      union all
      select unit_id, 'score:' || name, value from scored
    ),
    totals as (
      select unit_id, measure, count(*)::float8 as n, sum(value) as s, bool_and(value in (0, 1)) as is_binary
      from observations group by unit_id, measure
    ),
    cells as (
      select variant_key, phase, measure, count(*) as k, sum(n) as n, sum(s) as s, sum(n * n) as nn, sum(s * s) as ss,
        sum(n * s) as ns, count(*) filter (where s > 0) as positive, bool_and(is_binary) as is_binary
      from totals join units using (unit_id)
      group by variant_key, phase, measure
    ),
    buckets as (
      select u.variant_key, u.phase, m.measure, u.jackknife,
        ceil(ln(m.value) / ${Math.log(gamma)}::float8)::int as bucket, count(*) as c
      from traces t join units u using (unit_id)
        cross join lateral (values ('latency_ms', latency_ms), ('time_to_first_token_ms', time_to_first_token_ms)) as m (measure, value)
      where m.value > 0
      group by 1, 2, 3, 4, 5
    ),
    histograms as (
      select variant_key, phase, measure, jackknife, array_agg(bucket) as keys, array_agg(c) as counts
      from buckets group by variant_key, phase, measure, jackknife
    ),
    arms as (
      select u.variant_key, u.phase, count(distinct u.unit_id) as units, count(t.trace_id) as traces
      from units u left join traces t using (unit_id)
      group by u.variant_key, u.phase
    ),
    days as (
      select to_char(first_at at time zone 'UTC', 'YYYY-MM-DD') as day, variant_key, count(*) as units
      from units group by 1, 2 order by 1
    )
    select
      (select coalesce(jsonb_agg(arms), '[]') from arms) as arms,
      (select coalesce(jsonb_agg(cells), '[]') from cells) as cells,
      (select coalesce(jsonb_agg(histograms), '[]') from histograms) as histograms,
      (select coalesce(jsonb_agg(days), '[]') from days) as days,
      (select count(*) from units where is_multiple) as "multiplyExposedUnits",
      (select count(distinct trace_id) from calls
        where unit_id is null or variant_key is null or variant_key <> all(${variantKeys})) as "strayTraces",
      (select max(started_at) from traces) as "lastTraceAt"`;
  return toCells(row);
}

type ArmRow = { variant_key: string; phase: number };
type Row = {
  arms: (ArmRow & { units: number; traces: number })[];
  cells: (ArmRow & {
    measure: Measure;
    k: number;
    n: number;
    s: number;
    nn: number;
    ss: number;
    ns: number;
    positive: number;
    is_binary: boolean;
  })[];
  histograms: (ArmRow & { measure: Measure; jackknife: number; keys: number[]; counts: number[] })[];
  days: { day: string; variant_key: string; units: number }[];
  multiplyExposedUnits: number;
  strayTraces: number;
  lastTraceAt: Date | null;
};

function toCells(row: Row): Cells {
  const arms = row.arms
    .map(({ variant_key, phase, units, traces }): Arm => {
      const isOwn = (other: ArmRow) => other.variant_key === variant_key && other.phase === phase;
      const histograms = row.histograms.filter(isOwn);
      const measures = row.cells.filter(isOwn).map((cell): [Measure, MeasureCell] => {
        const { k, n, s, nn, ss, ns } = cell;
        return [
          cell.measure,
          {
            sums: { k, n, s, nn, ss, ns },
            positiveUnits: cell.positive,
            isBinary: cell.is_binary,
            histograms: histograms
              .filter((histogram) => histogram.measure === cell.measure)
              .map(({ keys, counts }): LogHistogram => new Map(keys.map((key, i) => [key, counts[i]!]))),
          },
        ];
      });
      return { variantKey: variant_key, phase, units, traces, measures: new Map(measures) };
    })
    .sort((a, b) => a.phase - b.phase || a.variantKey.localeCompare(b.variantKey));
  const days = new Map<string, Arm[]>();
  for (const { day, variant_key, units } of row.days)
    days.set(day, [
      ...(days.get(day) ?? []),
      { variantKey: variant_key, phase: 1, units, traces: 0, measures: new Map() },
    ]);
  return {
    arms,
    multiplyExposedUnits: row.multiplyExposedUnits,
    strays: row.strayTraces > 0 ? [{ reason: "no_unit", traces: row.strayTraces }] : [],
    lastTraceAt: row.lastTraceAt,
    cohorts: [...days].map(([day, arms]) => ({ day, arms })),
    segments: [],
  };
}
