import { mixingScale } from "#lib/stats/boundary.ts";
import { confidenceSequence } from "#lib/stats/confidence-sequence.ts";
import { difference } from "#lib/stats/difference.ts";
import { notEstimable } from "#lib/stats/estimate.ts";
import { jackknifeQuantile, type QuantileTable, quantileTable } from "#lib/stats/jackknife.ts";
import {
  bucketUpperBound,
  histogramCount,
  type LogHistogram,
  mergeHistograms,
  sortedBuckets,
} from "#lib/stats/log-histogram.ts";
import type { DistributionReport } from "./analysis.ts";
import type { Arm, Cells } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { combineArms } from "./estimate-arm.ts";
import { histogramMeasures, parseMetric } from "./metrics.ts";

/** p5 to p95 in steps of 5, and p99. */
const levels = [...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.99];
const curvePoints = 80;

/**
 * Each measure's distribution in every variant, and the difference of its quantiles with a band that holds at all
 * levels at once: alpha is divided by their number, and each interval is tuned to the measure's MDE at that level's
 * value over all variants, blind to which is better.
 */
export function compareDistributions(test: AbTest, cells: Cells): DistributionReport[] {
  const keys = test.variants.map((variant) => variant.key);
  const [control, ...treatments] = keys;
  return histogramMeasures.flatMap((measure) => {
    const metric = parseMetric(measure)!;
    const arms = keys.map((variantKey) => {
      const own = cells.arms.filter((arm) => arm.variantKey === variantKey);
      const merged = mergeHistograms(own.flatMap((arm) => arm.measures.get(measure)?.histograms ?? []));
      return { variantKey, observations: histogramCount(merged), cumulative: cumulativeOf(merged) };
    });
    if (arms.every((arm) => arm.observations === 0)) return [];
    const alpha = test.design.alpha / levels.length;
    const tables = new Map<Arm, QuantileTable>(
      cells.arms.map((arm) => [arm, quantileTable(arm.measures.get(measure)?.histograms ?? [])]),
    );
    const quantiles = levels.map((level) => combineArms(cells, keys, (arm) => quantileOf(arm, level)));
    function quantileOf(arm: Arm, level: number) {
      const cell = arm.measures.get(measure);
      return cell
        ? jackknifeQuantile({ groups: tables.get(arm)!, level, units: cell.sums.k })
        : notEstimable("no_units");
    }
    const differences = treatments.map((variantKey) => ({
      variantKey,
      alpha: test.design.alpha,
      points: levels.flatMap((level, i): DistributionReport["differences"][number]["points"] => {
        const [a, b] = [quantiles[i]!.get(control!)!, quantiles[i]!.get(variantKey)!];
        if (a.status !== "ok" || b.status !== "ok") return [];
        const gap = difference(a, b);
        const enough = Math.min(a.units, b.units) >= test.design.minimumUnits;
        const size = metric.defaultMde * Math.abs(a.units * a.estimate + b.units * b.estimate);
        if (gap.status !== "ok" || !enough || !(size > 0))
          return [{ level, difference: b.estimate - a.estimate, lower: null, upper: null }];
        const { lower, upper } = confidenceSequence({
          estimate: gap.estimate,
          standardError: gap.standardError,
          tau: mixingScale(size / (a.units + b.units), alpha),
          alpha,
        });
        return [{ level, difference: gap.estimate, lower, upper }];
      }),
    }));
    const label = metric.label.replace(/ per trace$/, "");
    return [{ measure, label, unit: metric.unit, arms, differences }];
  });
}

/** At most 80 points, none of them closer than 1/80 of the traces to the one before, and the largest value. */
function cumulativeOf(histogram: LogHistogram): { value: number; share: number }[] {
  const count = histogramCount(histogram);
  const buckets = sortedBuckets(histogram);
  const points: { value: number; share: number }[] = [];
  let below = 0;
  let last = 0;
  for (const [i, [key, here]] of buckets.entries()) {
    below += here;
    const share = below / count;
    if (i < buckets.length - 1 && share - last < 1 / curvePoints) continue;
    points.push({ value: bucketUpperBound(key), share });
    last = share;
  }
  return points;
}
