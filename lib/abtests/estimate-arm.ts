import { type Estimate, notEstimable } from "#lib/stats/estimate.ts";
import { jackknifeQuantile } from "#lib/stats/jackknife.ts";
import { perUnitEstimate, ratioEstimate } from "#lib/stats/ratio-estimate.ts";
import type { Arm, Cells } from "./cells.ts";
import { isQuantile, type Metric, quantileLevel } from "./metrics.ts";

/** A metric in one variant during one phase, with its cluster-robust variance. */
export function estimateArm(metric: Metric, arm: Arm): Estimate {
  const cell = arm.measures.get(metric.measure);
  if (!cell) return notEstimable("no_units");
  if (isQuantile(metric.statistic))
    return jackknifeQuantile({
      groups: cell.histograms,
      level: quantileLevel(metric.statistic),
      units: cell.sums.k,
    });
  // Both are over all units that were exposed: those without a trace count as 0.
  if (metric.statistic === "per_unit") return perUnitEstimate({ ...cell.sums, k: arm.units });
  if (metric.statistic === "unit_share") {
    const { positiveUnits } = cell;
    return perUnitEstimate({ ...cell.sums, k: arm.units, s: positiveUnits, ss: positiveUnits });
  }
  return ratioEstimate(cell.sums);
}

/** A metric in each variant over all phases, as {@link combineArms}. */
export function estimateArms(
  metric: Metric,
  cells: Pick<Cells, "arms">,
  variantKeys: readonly string[],
): Map<string, Estimate> {
  return combineArms(cells, variantKeys, (arm) => estimateArm(metric, arm));
}

/**
 * An estimate in each variant over all phases: Σω_pR_p with variance Σω_p²V_p, ω_p the phase's share of all units,
 * the same for every variant, so that a change of split between phases cannot pose as an effect. A phase in which
 * any variant cannot be estimated carries no weight.
 */
export function combineArms(
  cells: Pick<Cells, "arms">,
  variantKeys: readonly string[],
  estimateOf: (arm: Arm) => Estimate,
): Map<string, Estimate> {
  const phases = [...new Set(cells.arms.map((arm) => arm.phase))].map((phase) => {
    const arms = variantKeys.map((key) =>
      cells.arms.find((arm) => arm.phase === phase && arm.variantKey === key),
    );
    return {
      units: arms.reduce((sum, arm) => sum + (arm?.units ?? 0), 0),
      estimates: arms.map((arm) => (arm ? estimateOf(arm) : notEstimable("no_units"))),
    };
  });
  if (phases.length === 0) return new Map(variantKeys.map((key) => [key, notEstimable("no_units")]));
  if (phases.length === 1) return new Map(variantKeys.map((key, i) => [key, phases[0]!.estimates[i]!]));

  const usable = phases.filter(({ estimates }) => estimates.every(({ status }) => status === "ok"));
  const total = usable.reduce((sum, phase) => sum + phase.units, 0);
  return new Map(
    variantKeys.map((key, i) => {
      if (usable.length === 0) return [key, phases.at(-1)!.estimates[i]!];
      let estimate = 0;
      let variance = 0;
      let units = 0;
      for (const phase of usable) {
        const part = phase.estimates[i]!;
        if (part.status !== "ok") continue;
        const weight = phase.units / total;
        estimate += weight * part.estimate;
        variance += weight * weight * part.variance;
        units += part.units;
      }
      return [key, { status: "ok", estimate, variance, units }];
    }),
  );
}
