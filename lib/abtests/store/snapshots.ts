import { sql } from "#lib/db/postgres.ts";
import type { Analysis, ComparisonState, Level, ReportHistory } from "../analysis.ts";

const hourMs = 3_600_000;
/** Points of a line: more than a chart has room for. */
const pointLimit = 300;

/**
 * Keeps the intervals of this hour, of all metrics and treatments, and the split. The first look in an hour is kept;
 * later ones in it change nothing.
 */
export async function saveSnapshot(abTestId: string, analysis: Analysis, at: Date): Promise<void> {
  const hour = hourOf(at);
  const rows = analysis.metrics.flatMap((metric) =>
    metric.comparisons.flatMap(({ variantKey, state, estimate }) =>
      estimate
        ? [
            {
              ab_test_id: abTestId,
              at: hour,
              metric: metric.id,
              variant_key: variantKey,
              units: unitsOf(metric.arms),
              state,
              difference: estimate.difference,
              lower: estimate.lower,
              upper: estimate.upper,
              standard_error: estimate.standardError,
              log_e_value: estimate.logEValue,
            },
          ]
        : [],
    ),
  );
  const { health } = analysis;
  const units = Object.fromEntries(health.split.map((arm) => [arm.variantKey, arm.units]));
  await sql().begin(async (tx) => {
    const saved = await tx`
      insert into ab_split_snapshot (ab_test_id, at, log_bayes_factor, level, units)
      values (${abTestId}, ${hour}, ${health.splitLogBayesFactor}, ${health.splitLevel}, ${tx.json(units)})
      on conflict do nothing returning 1`;
    if (saved.length > 0 && rows.length > 0)
      await tx`insert into ab_snapshot ${tx(rows)} on conflict do nothing`;
  });
}

/** The snapshots so far, oldest first; of a long test every second, third, … hour, and always the last. */
export async function readHistory(abTestId: string): Promise<ReportHistory> {
  const db = sql();
  const [span] = await db<[{ first: Date | null; last: Date | null }]>`
    select min(at) as first, max(at) as last from ab_split_snapshot where ab_test_id = ${abTestId}`;
  const { first, last } = span;
  if (!first || !last) return { metrics: [], split: [] };
  const step = Math.ceil(((last.getTime() - first.getTime()) / hourMs + 1) / pointLimit);
  const isKept = db`(extract(epoch from at - ${first})::bigint / 3600 % ${step} = 0 or at = ${last})`;
  const [points, split] = await Promise.all([
    db<PointRow[]>`
      select metric, variant_key, at, units, state, difference, lower, upper,
        standard_error as "standardError", log_e_value as "logEValue"
      from ab_snapshot where ab_test_id = ${abTestId} and ${isKept} order by metric, variant_key, at`,
    db<{ at: Date; logBayesFactor: number; level: Level; units: Record<string, number> }[]>`
      select at, log_bayes_factor as "logBayesFactor", level, units
      from ab_split_snapshot where ab_test_id = ${abTestId} and ${isKept} order by at`,
  ]);
  const lines = Map.groupBy(points, (point) => `${point.metric}\n${point.variant_key}`);
  return {
    metrics: [...lines.values()].map((line) => ({
      id: line[0]!.metric,
      variantKey: line[0]!.variant_key,
      points: line.map(({ metric, variant_key, ...point }) => point),
    })),
    split: [...split],
  };
}

/** The hour that a look belongs to. */
export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / hourMs) * hourMs);
}

type PointRow = {
  metric: string;
  variant_key: string;
  at: Date;
  units: number;
  state: ComparisonState;
  difference: number;
  lower: number;
  upper: number;
  standardError: number | null;
  logEValue: number | null;
};

function unitsOf(arms: { units: number }[]): number {
  return arms.reduce((sum, arm) => sum + arm.units, 0);
}
