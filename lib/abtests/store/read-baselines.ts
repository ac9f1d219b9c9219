import { sql } from "#lib/db/postgres.ts";
import { histogramMeasures, isPerUnit, isQuantile, type MetricId, parseMetric } from "../metrics.ts";

/** Below this many traces the pre-period is not used: its mean would be noise. */
const leastTraces = 100;

const quantileColumns = histogramMeasures
  .map(
    (name) =>
      `percentile_cont(array[.5, .9, .95, .99]) within group (order by ${name})::float8[] as ${name}_quantiles`,
  )
  .join(", ");

/**
 * The metrics' means (and quantiles) over what a prompt version on a model version served from `from` (14 days before
 * `before` unless given) to `before`; empty if that was fewer than 100 traces. Totals per unit have no pre-period: outside a test there are no units.
 */
export async function readBaselines(input: {
  projectId: string;
  promptVersionId: string;
  modelVersionId: string;
  from?: Date;
  before: Date;
  metrics: readonly MetricId[];
}): Promise<Map<MetricId, number>> {
  const { projectId, promptVersionId, modelVersionId, before } = input;
  const from = input.from ?? new Date(before.getTime() - 14 * 86_400_000);
  const db = sql();
  const calls = db`select trace_id, status, duration_us / 1e3 as latency_ms, ttft_ms as time_to_first_token_ms, cost_usd, input_tokens, output_tokens
    from spans
    where project_id = ${projectId} and prompt_version_id = ${promptVersionId} and model_version_id = ${modelVersionId}
      and is_model_call and start_time >= ${from} and start_time < ${before}`;
  const [row] = await db<Record<string, number | number[] | null>[]>`
    with calls as (${calls})
    select count(*)::int as traces,
      avg((status = 'error')::int)::float8 as error_rate,
      avg(latency_ms)::float8 as latency_ms,
      avg(time_to_first_token_ms)::float8 as time_to_first_token_ms,
      avg(cost_usd)::float8 as cost_usd,
      avg(input_tokens)::float8 as input_tokens,
      avg(output_tokens)::float8 as output_tokens,
      ${db.unsafe(quantileColumns)}
    from calls`;
  if (!row || Number(row.traces) < leastTraces) return new Map();
  const scores = await db<{ name: string; mean: number }[]>`
    with calls as (${calls})
    select s.name, avg(s.numeric_value)::float8 as mean
    from (select distinct trace_id from calls) t
    join scores s on s.trace_id = t.trace_id and s.project_id = ${projectId}
    where s.numeric_value is not null
    group by s.name having count(*) >= ${leastTraces}`;
  const scoreMean = new Map(scores.map((score) => [`score:${score.name}`, score.mean]));

  const baselines = new Map<MetricId, number>();
  for (const id of input.metrics) {
    const metric = parseMetric(id);
    if (!metric || isPerUnit(metric.statistic)) continue;
    const quantiles = row[`${metric.measure}_quantiles`];
    const value = isQuantile(metric.statistic)
      ? (quantiles as number[] | null)?.[["p50", "p90", "p95", "p99"].indexOf(metric.statistic)]
      : (scoreMean.get(metric.measure) ?? (row[metric.measure] as number | null));
    if (typeof value === "number") baselines.set(id, value);
  }
  return baselines;
}
