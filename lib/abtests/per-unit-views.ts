import { mixingScale } from "#lib/stats/boundary.ts";
import type { ArmValue, Comparison } from "./analysis.ts";
import type { Cells, MeasureCell } from "./cells.ts";
import { compareArms } from "./compare-arms.ts";
import type { AbTest } from "./definition.ts";
import { estimateArms } from "./estimate-arm.ts";
import type { SumsOfArm } from "./get-report.ts";
import { type Measure, type MetricUnit, parseMetric } from "./metrics.ts";

/** A metric's total per unit, beside its mean per trace: cheaper per call can be dearer per user. */
export type PerUnitView = {
  /** Of the metric that it stands beside: `cost_usd` for `cost_usd.per_unit`. */
  id: string;
  label: string;
  unit: MetricUnit;
  arms: Pick<ArmValue, "variantKey" | "value">[];
  comparisons: Comparison[];
};

/**
 * The per-unit view of every metric of the test that is a mean per trace, from the report's own sums. It decides
 * nothing: its scale is the catalogue's effect on the mean over all variants.
 */
export function perUnitViews(test: AbTest, sums: readonly SumsOfArm[]): PerUnitView[] {
  const cells = toCells(sums);
  const keys = test.variants.map((variant) => variant.key);
  const { success, guardrails, exploratory } = test.metrics;
  const { alpha, minimumUnits } = test.design;
  return [...success, ...guardrails, ...exploratory].flatMap((choice) => {
    const perTrace = parseMetric(choice.metric, choice.direction);
    if (perTrace?.statistic !== "mean") return [];
    const metric = parseMetric(`${choice.metric}.per_unit`, choice.direction);
    if (!metric) return [];
    const estimates = estimateArms(metric, cells, keys);
    const known = [...estimates.values()].flatMap((each) => (each.status === "ok" ? [each.estimate] : []));
    const pooled = known.reduce((sum, each) => sum + each, 0) / known.length;
    const mde = Math.abs(pooled) * metric.defaultMde;
    const scale =
      known.length === keys.length && mde > 0
        ? {
            baseline: pooled,
            source: "burn_in" as const,
            mde,
            tau: mixingScale(mde, alpha),
            margin: null,
            frozenAt: "",
          }
        : null;
    const arms = keys.map((key) => ({
      key,
      estimate: estimates.get(key)!,
      units: cells.arms
        .filter((arm) => arm.variantKey === key && arm.measures.has(metric.measure))
        .reduce((sum, arm) => sum + arm.units, 0),
      counts: null,
    }));
    const [control, ...others] = arms;
    return [
      {
        id: choice.metric,
        label: metric.label,
        unit: metric.unit,
        arms: arms.map(({ key, estimate }) => ({
          variantKey: key,
          value: estimate.status === "ok" ? estimate.estimate : null,
        })),
        comparisons: others.map((treatment) =>
          compareArms({
            variantKey: treatment.key,
            metric,
            role: "exploratory",
            control: control!,
            treatment,
            scale,
            alphas: { interval: alpha, guardrail: alpha, harm: alpha },
            minimumUnits,
          }),
        ),
      },
    ];
  });
}

function toCells(sums: readonly SumsOfArm[]): Cells {
  return {
    arms: sums.map(({ measures, ...arm }) => ({
      ...arm,
      measures: new Map(
        Object.entries(measures).map(([measure, { positiveUnits, ...own }]): [Measure, MeasureCell] => [
          measure as Measure,
          { sums: own, positiveUnits, isBinary: false, histograms: [] },
        ]),
      ),
    })),
    multiplyExposedUnits: 0,
    strays: [],
    lastTraceAt: null,
    cohorts: [],
    segments: [],
  };
}
