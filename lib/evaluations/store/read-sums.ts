import { sql } from "#lib/db/postgres.ts";
import type { MetricSums, PairedSums } from "../compare.ts";
import { costKey, latencyKey } from "../metrics.ts";

export type SumsRow = { candidateId: string; metricKey: string; own: MetricSums; paired: PairedSums };

/**
 * The sufficient statistics of every candidate and metric, and of its item-by-item differences to the baseline.
 * The rows stay in the database: a matrix of any size comes back as candidates × metrics lines.
 */
export async function readSums(
  evaluation: { projectId: string; evaluationId: string },
  baselineId: string,
): Promise<SumsRow[]> {
  const { projectId, evaluationId } = evaluation;
  const rows = await sql()<Row[]>`
    with item_mean as materialized (
      select candidate_id, name, item_id, avg(value) as mean, count(value) as observations,
        count(*) - count(value) as unscored
      from (
        select candidate_id, name, item_id, value from evaluation_score
        where project_id = ${projectId} and evaluation_id = ${evaluationId}
        union all
        select candidate_id, measure.name, item_id, measure.value from evaluation_result
        cross join lateral (values (${latencyKey}, latency_ms), (${costKey}, cost_usd)) as measure(name, value)
        where project_id = ${projectId} and evaluation_id = ${evaluationId} and status = 'ok'
      ) as scored
      group by candidate_id, name, item_id
    )
    select own.candidate_id as "candidateId", own.name as "metricKey",
      count(own.mean)::int as items, sum(own.observations)::int as observations, sum(own.unscored)::int as unscored,
      avg(own.mean) as mean, var_samp(own.mean) as variance,
      count(own.mean - base.mean)::int as "pairedItems", avg(own.mean - base.mean) as "meanDifference",
      var_samp(own.mean - base.mean) as "varianceOfDifferences",
      (count(*) filter (where own.mean > base.mean))::int as higher,
      (count(*) filter (where own.mean < base.mean))::int as lower
    from item_mean as own
    left join item_mean as base
      on base.candidate_id = ${baselineId} and base.name = own.name and base.item_id = own.item_id
    group by own.candidate_id, own.name`;
  return rows.map((row) => ({
    candidateId: row.candidateId,
    metricKey: row.metricKey,
    own: {
      items: row.items,
      observations: row.observations,
      unscored: row.unscored,
      mean: row.mean,
      variance: row.variance,
    },
    paired: {
      items: row.pairedItems,
      mean: row.meanDifference,
      variance: row.varianceOfDifferences,
      higher: row.higher,
      lower: row.lower,
    },
  }));
}

type Row = {
  candidateId: string;
  metricKey: string;
  items: number;
  observations: number;
  unscored: number;
  mean: number | null;
  variance: number | null;
  pairedItems: number;
  meanDifference: number | null;
  varianceOfDifferences: number | null;
  higher: number;
  lower: number;
};
