import { mixingScale } from "#lib/stats/boundary.ts";
import { confidenceSequence } from "#lib/stats/confidence-sequence.ts";
import { planDecision } from "#lib/stats/decision-plan.ts";
import { difference } from "#lib/stats/difference.ts";
import type { Estimate } from "#lib/stats/estimate.ts";
import { additionalDataNeeded } from "#lib/stats/mid-experiment-power.ts";
import { adjustArms } from "./adjust-arms.ts";
import type { Analysis, ArmValue, MetricReport, Progress, VariantSummary, Winsorized } from "./analysis.ts";
import type { Cells } from "./cells.ts";
import { chosenMetrics } from "./chosen-metrics.ts";
import { type BinaryCounts, compareArms } from "./compare-arms.ts";
import { compareCategories } from "./compare-categories.ts";
import { compareDistributions } from "./compare-distributions.ts";
import { compareCohorts, compareSegments } from "./compare-segments.ts";
import type { AbTest } from "./definition.ts";
import { estimateArms } from "./estimate-arm.ts";
import { forecast } from "./forecast.ts";
import { checkHealth } from "./health.ts";
import { judgePanel } from "./judge-panel.ts";
import {
  isMonitoringOnly,
  isPerUnit,
  isQuantile,
  type Metric,
  type MetricId,
  parseMetric,
} from "./metrics.ts";
import type { FrozenScale } from "./schema.ts";

const dayMs = 86_400_000;
const plannedPower = 0.8;

/** From the sums to what a report shows. Pure: the same cells, design and time give the same analysis. */
export function analyze(test: AbTest, cells: Cells, at: Date): Analysis {
  const metrics = metricReports(test, cells);
  return {
    health: checkHealth(test, cells),
    metrics,
    variants: variantSummaries(test, cells),
    progress: progressOf(test, cells, metrics, at),
    distributions: compareDistributions(test, cells),
    segments: compareSegments(test, cells),
    judges: judgePanel(test, cells),
    categories: compareCategories(test, cells),
    cohorts: compareCohorts(test, cells),
  };
}

/**
 * Each metric pooled over all variants, once every variant has the least number of units: what scales are frozen
 * by when there was no pre-period. Blind to the variants, so it leans to no side.
 */
export function pooledBaselines(test: AbTest, cells: Cells): Map<MetricId, number> {
  const keys = test.variants.map((variant) => variant.key);
  const baselines = new Map<MetricId, number>();
  for (const { metric } of chosenMetrics(test)) {
    const isReady = keys.every((key) => unitsWith(cells, key, metric) >= test.design.minimumUnits);
    if (!isReady) continue;
    const pooled = pooledValue(metric, cells, keys);
    if (pooled !== null) baselines.set(metric.id, pooled);
  }
  return baselines;
}

function metricReports(test: AbTest, cells: Cells): MetricReport[] {
  const chosen = chosenMetrics(test);
  const keys = test.variants.map((variant) => variant.key);
  const treatments = keys.length - 1;
  const { alpha, minimumUnits, frozen } = test.design;
  const alarmed = test.metrics.success.length + test.metrics.guardrails.length;
  return chosen.map(({ metric, role }): MetricReport => {
    const estimates = estimateArms(metric, cells, keys);
    const scale = frozen[metric.id] ?? null;
    const adjusted = adjustArms(test, metric, cells, estimates);
    const limit = adjusted.estimates ? undefined : limitOf(metric, cells);
    const capped =
      limit === undefined
        ? null
        : estimateArms({ ...metric, measure: `capped:${metric.measure}` }, cells, keys);
    const arms = keys.map((key) => ({
      key,
      estimate: (adjusted.estimates ?? capped ?? estimates).get(key)!,
      units: unitsWith(cells, key, metric),
      counts: binaryCounts(cells, key, metric),
    }));
    const [control, ...others] = arms;
    const alphas = {
      interval: role === "success" ? alpha / (test.metrics.success.length * treatments) : alpha,
      guardrail: alpha,
      harm: alpha / (alarmed * treatments),
    };
    const { id, label, unit, statistic, isHigherBetter } = metric;
    return {
      id,
      role,
      label,
      unit,
      statistic,
      isHigherBetter,
      isMonitoringOnly: isMonitoringOnly(metric, test.unitKind),
      scale,
      arms: arms.map((arm) => armValue(metric, arm.key, estimates.get(arm.key)!, cells, scale, alpha)),
      comparisons: others.map((treatment) =>
        compareArms({
          variantKey: treatment.key,
          metric,
          role,
          control: control!,
          treatment,
          scale,
          alphas,
          minimumUnits,
        }),
      ),
      adjustment: adjusted.adjustment,
      winsorized:
        limit === undefined
          ? null
          : { limit, whole: wholeDifferences(keys, estimates, scale, alphas.interval) },
    };
  });
}

/** What the metric's unit totals are cut down to; undefined where they are not. */
function limitOf(metric: Metric, cells: Cells): number | undefined {
  return metric.statistic === "mean" || metric.statistic === "per_unit"
    ? cells.caps?.[metric.measure]
    : undefined;
}

/** Each treatment against the control, nothing cut off. */
function wholeDifferences(
  keys: readonly string[],
  estimates: ReadonlyMap<string, Estimate>,
  scale: FrozenScale | null,
  alpha: number,
): Winsorized["whole"] {
  const [control, ...treatments] = keys;
  return treatments.flatMap((variantKey) => {
    const gap = difference(estimates.get(control!)!, estimates.get(variantKey)!);
    if (gap.status !== "ok" || !scale) return [];
    const { estimate, standardError } = gap;
    const { lower, upper } = confidenceSequence({ estimate, standardError, tau: scale.tau, alpha });
    return [{ variantKey, difference: estimate, lower, upper }];
  });
}

const summaryIds = [
  "error_rate",
  "latency_ms.p50",
  "latency_ms.p95",
  "cost_usd",
  "cost_usd.per_unit",
  "input_tokens",
  "output_tokens",
];

function variantSummaries(test: AbTest, cells: Cells): VariantSummary[] {
  const keys = test.variants.map((variant) => variant.key);
  const scores = [...new Set(cells.arms.flatMap((arm) => [...arm.measures.keys()]))]
    .filter((measure) => measure.startsWith("score:"))
    .sort();
  const metrics = [...summaryIds, ...scores].flatMap((id) => parseMetric(id) ?? []);
  const estimatesOf = new Map(metrics.map((metric) => [metric.id, estimateArms(metric, cells, keys)]));
  return keys.map((key) => {
    const own = cells.arms.filter((arm) => arm.variantKey === key);
    return {
      variantKey: key,
      units: own.reduce((sum, arm) => sum + arm.units, 0),
      traces: own.reduce((sum, arm) => sum + arm.traces, 0),
      metrics: metrics.map((metric) => {
        const scale = test.design.frozen[metric.id] ?? blindScale(metric, cells, keys, test.design.alpha);
        const estimate = estimatesOf.get(metric.id)!.get(key)!;
        const { id, label, unit } = metric;
        return { id, label, unit, ...armValue(metric, key, estimate, cells, scale, test.design.alpha) };
      }),
    };
  });
}

/** For metrics the design does not name: tuned to the catalogue's effect on the mean over all variants. */
function blindScale(
  metric: Metric,
  cells: Cells,
  keys: readonly string[],
  alpha: number,
): Pick<FrozenScale, "tau"> | null {
  const pooled = pooledValue(metric, cells, keys);
  return pooled ? { tau: mixingScale(metric.defaultMde * Math.abs(pooled), alpha) } : null;
}

function armValue(
  metric: Metric,
  variantKey: string,
  estimate: Estimate,
  cells: Cells,
  scale: Pick<FrozenScale, "tau"> | null,
  alpha: number,
): ArmValue {
  const own = cells.arms.filter((arm) => arm.variantKey === variantKey);
  const measured = own.flatMap((arm) => arm.measures.get(metric.measure) ?? []);
  const observations = measured.reduce((sum, cell) => sum + cell.sums.n, 0);
  const units = unitsWith(cells, variantKey, metric);
  const base = { variantKey, units, observations };
  if (estimate.status !== "ok") {
    // Where every unit has the same value there is a value but no spread to judge it by.
    const total = measured.reduce((sum, cell) => sum + cell.sums.s, 0);
    const isFlat = estimate.reason === "no_variation" && metric.statistic === "mean" && observations > 0;
    return {
      ...base,
      value: isFlat ? total / observations : null,
      standardError: null,
      lower: null,
      upper: null,
      reason: estimate.reason,
    };
  }
  const standardError = Math.sqrt(estimate.variance);
  const interval =
    scale && standardError > 0 && units >= 100
      ? confidenceSequence({ estimate: estimate.estimate, standardError, tau: scale.tau, alpha })
      : null;
  return {
    ...base,
    value: estimate.estimate,
    standardError,
    lower: interval?.lower ?? null,
    upper: interval?.upper ?? null,
    reason: null,
  };
}

function progressOf(test: AbTest, cells: Cells, metrics: MetricReport[], at: Date): Progress {
  const { design, startedAt } = test;
  const end = test.stoppedAt ?? at;
  const days = startedAt ? Math.max(0, (end.getTime() - startedAt.getTime()) / dayMs) : 0;
  const total = cells.arms.reduce((sum, arm) => sum + arm.units, 0);
  const today = end.toISOString().slice(0, 10);
  const newUnits = cells.cohorts.map(({ day, arms }) => ({
    day,
    units: Object.fromEntries(
      test.variants.map(({ key }) => [
        key,
        arms.filter((arm) => arm.variantKey === key).reduce((sum, arm) => sum + arm.units, 0),
      ]),
    ),
  }));
  const full = newUnits.filter(({ day }) => day < today).slice(-7);
  const fullUnits = full.reduce((sum, { units }) => sum + sumOf(units), 0);
  // Until there is a full day, the pace so far.
  const unitsPerDay = full.length > 0 ? fullUnits / full.length : total / Math.max(days, 1 / 24);

  const primary = metrics.find((metric) => metric.role === "success");
  const estimates = primary?.comparisons.flatMap((comparison) => comparison.estimate ?? []) ?? [];
  const noisiest = estimates
    .filter((estimate) => estimate.standardError !== null)
    .sort((a, b) => b.standardError! - a.standardError!)[0];
  const scale = primary?.scale;
  const plan =
    noisiest && scale
      ? planDecision({
          mde: scale.mde,
          alpha: noisiest.alpha,
          power: plannedPower,
          varianceA: 1,
        })
      : null;
  const more =
    noisiest && scale
      ? additionalDataNeeded({
          standardError: noisiest.standardError!,
          effect: scale.mde,
          targetPower: plannedPower,
          rule: { kind: "anytime", alpha: noisiest.alpha, tau: scale.tau },
        })
      : null;
  const unitsToGo = more?.status === "ok" ? Math.ceil(more.scale * total) : null;
  return {
    days,
    minimumDays: design.minimumDays,
    maximumDays: design.maximumDays,
    minimumUnits: design.minimumUnits,
    unitsPerDay,
    newUnits,
    informationShare:
      plan && noisiest ? Math.min(1, (plan.targetStandardError / noisiest.standardError!) ** 2) : null,
    standardError: noisiest?.standardError ?? null,
    targetStandardError: plan?.targetStandardError ?? null,
    unitsToGo,
    expectedAt:
      test.status === "running" && unitsToGo !== null && unitsPerDay > 0 && unitsToGo / unitsPerDay < 3650
        ? new Date(end.getTime() + (unitsToGo / unitsPerDay) * dayMs)
        : null,
    forecast:
      noisiest && scale
        ? forecast({
            estimate: noisiest,
            scale,
            units: total,
            unitsPerDay,
            from: test.status === "running" ? end : null,
          })
        : [],
  };
}

function binaryCounts(cells: Cells, key: string, metric: Metric): BinaryCounts {
  const own = cells.arms.filter((arm) => arm.variantKey === key);
  const measured = own.flatMap((arm) => arm.measures.get(metric.measure) ?? []);
  const sum = (pick: (cell: (typeof measured)[number]) => number) =>
    measured.reduce((total, cell) => total + pick(cell), 0);
  const positive = sum((cell) => cell.positiveUnits);
  if (metric.statistic === "unit_share") {
    const units = { successes: positive, trials: own.reduce((total, arm) => total + arm.units, 0) };
    return { traces: units, units };
  }
  if (measured.length === 0 || !measured.every((cell) => cell.isBinary)) return null;
  return {
    traces: { successes: sum((cell) => cell.sums.s), trials: sum((cell) => cell.sums.n) },
    units: { successes: positive, trials: sum((cell) => cell.sums.k) },
  };
}

function unitsWith(cells: Cells, key: string, metric: Metric): number {
  return cells.arms
    .filter((arm) => arm.variantKey === key)
    .reduce((sum, arm) => {
      if (isPerUnit(metric.statistic)) return sum + (arm.measures.has(metric.measure) ? arm.units : 0);
      return sum + (arm.measures.get(metric.measure)?.sums.k ?? 0);
    }, 0);
}

function pooledValue(metric: Metric, cells: Cells, keys: readonly string[]): number | null {
  if (isQuantile(metric.statistic)) {
    const estimates = [...estimateArms(metric, cells, keys).values()];
    const usable = estimates.filter((estimate) => estimate.status === "ok");
    if (usable.length < keys.length) return null;
    const units = usable.reduce((sum, estimate) => sum + estimate.units, 0);
    return usable.reduce((sum, estimate) => sum + (estimate.units / units) * estimate.estimate, 0);
  }
  const measured = cells.arms.flatMap((arm) => arm.measures.get(metric.measure) ?? []);
  const total = measured.reduce(
    (sum, cell) => sum + (metric.statistic === "unit_share" ? cell.positiveUnits : cell.sums.s),
    0,
  );
  const count = isPerUnit(metric.statistic)
    ? cells.arms.reduce((sum, arm) => sum + arm.units, 0)
    : measured.reduce((sum, cell) => sum + cell.sums.n, 0);
  return measured.length > 0 && count > 0 ? total / count : null;
}

function sumOf(units: Record<string, number>): number {
  return Object.values(units).reduce((sum, value) => sum + value, 0);
}
