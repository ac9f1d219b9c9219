import { confidenceSequence } from "#lib/stats/confidence-sequence.ts";
import { type Difference, difference } from "#lib/stats/difference.ts";
import { eBenjaminiHochberg } from "#lib/stats/e-value.ts";
import { notEstimable } from "#lib/stats/estimate.ts";
import { sampleRatioTest } from "#lib/stats/sample-ratio-test.ts";
import { segmentInteraction } from "#lib/stats/segment-interaction.ts";
import type { CohortReport, SegmentEffect, SegmentReport } from "./analysis.ts";
import type { Arm, Cells } from "./cells.ts";
import { chosenMetrics } from "./chosen-metrics.ts";
import type { AbTest } from "./definition.ts";
import { estimateArms } from "./estimate-arm.ts";
import { isPerUnit, isQuantile, type Metric } from "./metrics.ts";

/** Of the units in a level, below which it is not compared. */
const leastUnits = 100;
const falseDiscoveryRate = 0.1;

/**
 * The effect within each level of each dimension, for the metrics that decide. Exploratory: e-BH picks the levels that
 * differ, and the interaction test tells whether they differ from each other. A dimension in which all units are alike
 * is left out. Quantiles are not cut: their histograms are kept only for all units.
 */
export function compareSegments(test: AbTest, cells: Cells): SegmentReport[] {
  const dimensions = Map.groupBy(cells.segments, ({ dimension }) => dimension);
  return [...dimensions]
    .filter(([, parts]) => parts.length > 1)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([dimension, parts]) => {
      const bySize = parts.toSorted(
        (a, b) => Number(a.level === null) - Number(b.level === null) || unitsOf(b.arms) - unitsOf(a.arms),
      );
      const named = bySize.map(({ level, arms }) => ({
        level: level ?? "other",
        isOther: level === null,
        arms,
      }));
      return {
        dimension,
        levels: named.map(({ level, isOther, arms }) => ({
          level,
          isOther,
          units: Object.fromEntries(test.variants.map(({ key }) => [key, unitsOf(arms, key)])),
          ...splitOf(test, arms, named.length),
        })),
        metrics: decidingMetrics(test).map((metric) => ({
          id: metric.id,
          label: metric.label,
          unit: metric.unit,
          isHigherBetter: metric.isHigherBetter,
          ...effectsOf(test, metric, named),
        })),
      };
    });
}

/** The effect by day of first exposure, of the success metrics. */
export function compareCohorts(test: AbTest, cells: Cells): CohortReport[] {
  const { alpha, frozen } = test.design;
  const success = test.metrics.success.map((choice) => choice.metric);
  const metrics = decidingMetrics(test).filter((metric) => success.includes(metric.id));
  return metrics.flatMap((metric) =>
    test.variants.slice(1).map(({ key: variantKey }) => ({
      id: metric.id,
      variantKey,
      points: cells.cohorts.map(({ day, arms }) => {
        const gap = gapOf(test, metric, arms, variantKey);
        const tau = frozen[metric.id]?.tau;
        const none = { difference: null, lower: null, upper: null };
        const units = unitsOf(arms);
        if (gap.status !== "ok" || tau === undefined) return { day, units, ...none };
        const { estimate, standardError } = gap;
        const { lower, upper } = confidenceSequence({ estimate, standardError, tau, alpha });
        return { day, units, difference: estimate, lower, upper };
      }),
    })),
  );
}

function decidingMetrics(test: AbTest): Metric[] {
  return chosenMetrics(test)
    .filter(({ metric, role }) => role !== "exploratory" && !isQuantile(metric.statistic))
    .map(({ metric }) => metric);
}

function effectsOf(
  test: AbTest,
  metric: Metric,
  levels: readonly { level: string; arms: Arm[] }[],
): Pick<SegmentReport["metrics"][number], "effects" | "interactions"> {
  const { alpha, frozen } = test.design;
  const tau = frozen[metric.id]?.tau;
  const gaps = test.variants
    .slice(1)
    .flatMap(({ key: variantKey }) =>
      levels.map(({ level, arms }) => ({ variantKey, level, gap: gapOf(test, metric, arms, variantKey) })),
    );
  const effects = gaps.map(({ variantKey, level, gap }): SegmentEffect => {
    const base = { variantKey, level, isDiscovery: false };
    const none = { difference: null, lower: null, upper: null, logEValue: null };
    if (tau === undefined) return { ...base, ...none, reason: "no_scale_yet" };
    if (gap.status !== "ok") return { ...base, ...none, reason: gap.reason };
    const { estimate, standardError } = gap;
    const { lower, upper, logEValue } = confidenceSequence({ estimate, standardError, tau, alpha });
    return { ...base, difference: estimate, lower, upper, logEValue, reason: null };
  });
  const tested = effects.filter((effect) => effect.logEValue !== null);
  const discoveries = eBenjaminiHochberg(
    tested.map((effect) => effect.logEValue!),
    falseDiscoveryRate,
  );
  for (const [i, effect] of tested.entries()) effect.isDiscovery = discoveries[i]!;
  const interactions = test.variants.slice(1).flatMap(({ key: variantKey }) => {
    const result = segmentInteraction(
      gaps.filter((each) => each.variantKey === variantKey).map(({ gap }) => gap),
    );
    if (result.status !== "ok") return [];
    const { statistic, degreesOfFreedom, p } = result;
    return [{ variantKey, statistic, degreesOfFreedom, p }];
  });
  return { effects, interactions };
}

function gapOf(test: AbTest, metric: Metric, arms: Arm[], variantKey: string): Difference {
  const control = test.variants[0]!.key;
  const enough = [control, variantKey].every((key) => unitsWith(metric, arms, key) >= leastUnits);
  if (!enough) return notEstimable("too_few_units");
  const estimates = estimateArms(metric, { arms }, [control, variantKey]);
  return difference(estimates.get(control)!, estimates.get(variantKey)!);
}

function splitOf(test: AbTest, arms: readonly Arm[], levels: number) {
  const { logBayesFactor, level } = sampleRatioTest(
    test.phases.map((phase) => ({
      counts: test.variants.map(({ key }) =>
        unitsOf(
          arms.filter((arm) => arm.phase === phase.number),
          key,
        ),
      ),
      weights: test.variants.map(({ key }) => phase.weights[key] ?? 0),
    })),
    { warn: 20 * levels, block: 100 * levels },
  );
  return { splitLogBayesFactor: logBayesFactor, splitLevel: level };
}

function unitsWith(metric: Metric, arms: readonly Arm[], key: string): number {
  if (isPerUnit(metric.statistic)) return unitsOf(arms, key);
  return arms
    .filter((arm) => arm.variantKey === key)
    .reduce((sum, arm) => sum + (arm.measures.get(metric.measure)?.sums.k ?? 0), 0);
}

function unitsOf(arms: readonly Arm[], key?: string): number {
  return arms.reduce((sum, arm) => sum + (key === undefined || arm.variantKey === key ? arm.units : 0), 0);
}
