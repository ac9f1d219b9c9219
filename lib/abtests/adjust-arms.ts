import { covariateLeak } from "#lib/stats/covariate-leak.ts";
import { cupedRatio, fitCupedRatio } from "#lib/stats/cuped.ts";
import type { Estimate } from "#lib/stats/estimate.ts";
import type { RatioCovariateSums } from "#lib/stats/sums.ts";
import type { Adjustment } from "./analysis.ts";
import type { Arm, Cells } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import type { Metric } from "./metrics.ts";

/**
 * The metric in each variant with what the users' own past predicts taken out (CUPED): the same differences, less
 * noise. One slope for all arms, found blind to which is which. Null, and why, where there is no past to go by: the
 * plain estimates hold then. A past that differs between the arms is no past (the variant changed what was seen of
 * it, or the split is wrong): then nothing is adjusted.
 */
export function adjustArms(
  test: AbTest,
  metric: Metric,
  cells: Cells,
  plain: ReadonlyMap<string, Estimate>,
): { estimates: Map<string, Estimate> | null; adjustment: Adjustment | null } {
  const none = { estimates: null, adjustment: null };
  // Phases are combined by estimates, not sums: the slope would be another in each.
  if (metric.statistic !== "mean" || test.phases.length > 1) return none;
  const arms = test.variants.map(({ key }) =>
    sumsOf(
      cells.arms.find((arm) => arm.variantKey === key),
      metric,
    ),
  );
  const known = arms.filter((sums) => sums !== null);
  if (known.length < arms.length || known.some((sums) => sums.d === 0)) return none;
  const leak = covariateLeak(known);
  if (leak.status !== "ok") return none;
  if (leak.isDropped)
    return {
      estimates: null,
      adjustment: { isDropped: true, logEValue: leak.logEValue, theta: null, varianceReduction: null },
    };
  const model = fitCupedRatio(known);
  if (model.status !== "ok") return none;
  const estimates = new Map<string, Estimate>();
  let [before, after] = [0, 0];
  for (const [i, { key }] of test.variants.entries()) {
    const adjusted = cupedRatio(known[i]!, model.theta, model.center);
    if (adjusted.status !== "ok" || plain.get(key)?.status !== "ok") return none;
    const { estimate, variance, units } = adjusted;
    estimates.set(key, { status: "ok", estimate, variance, units });
    before += adjusted.unadjustedVariance;
    after += variance;
  }
  // A slope pooled over arms may add noise where they differ; then it is of no use.
  if (!(after < before)) return none;
  return {
    estimates,
    adjustment: {
      isDropped: false,
      logEValue: leak.logEValue,
      theta: model.theta,
      varianceReduction: 1 - after / before,
    },
  };
}

function sumsOf(arm: Arm | undefined, metric: Metric): RatioCovariateSums | null {
  const cell = arm?.measures.get(metric.measure);
  return cell?.past ? { ...cell.sums, ...cell.past } : null;
}
