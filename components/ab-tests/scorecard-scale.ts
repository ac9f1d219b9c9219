import type { ReportJson } from "#lib/abtests/api-schema.ts";
import { formatDifference, formatLift } from "#lib/abtests/format-metric.ts";
import type { PerUnitView } from "#lib/abtests/per-unit-views.ts";

export type ScorecardView = "relative" | "absolute" | "unit" | "monthly";

export const scorecardViews: readonly { value: ScorecardView; label: string; means: string }[] = [
  { value: "relative", label: "Percent", means: "in percent of A (Fieller)" },
  { value: "absolute", label: "Own unit", means: "per trace, in the metric’s own unit" },
  { value: "unit", label: "Per unit", means: "in totals per user or session" },
  { value: "monthly", label: "Monthly cost", means: "in dollars a month, if everybody got it" },
];

/** One row of the scorecard as it is drawn. */
export type Drawn = {
  estimate: number;
  lower: number;
  upper: number;
  /** Of the fixed-horizon view. */
  inner: { lower: number; upper: number } | null;
  mde: number | null;
  margin: number | null;
  text: (value: number) => string;
};

type MetricJson = ReportJson["metrics"][number];

/** A comparison in one of the views; null where the view has nothing to say of it. */
export function drawnOf(input: {
  metric: MetricJson;
  comparison: MetricJson["comparisons"][number];
  view: ScorecardView;
  perUnit: readonly PerUnitView[];
  tracesPerDay: number;
}): Drawn | null {
  const { metric, comparison, view, perUnit, tracesPerDay } = input;
  const { estimate } = comparison;
  if (view === "unit") {
    if (metric.statistic === "per_unit") return estimate && inOwnUnit(metric, estimate, 1);
    const own = perUnit.find((each) => each.id === metric.id);
    const theirs = own?.comparisons.find((each) => each.variantKey === comparison.variantKey)?.estimate;
    return own && theirs ? { ...inOwnUnit(own, theirs, 1), mde: null, margin: null } : null;
  }
  if (!estimate || !metric.scale) return null;
  if (view === "absolute") return inOwnUnit(metric, estimate, 1);
  if (view === "monthly")
    return metric.id === "cost_usd" ? inOwnUnit(metric, estimate, tracesPerDay * 30) : null;
  const base = metric.arms[0]?.value ?? null;
  if (!estimate.relative || !base) return null;
  const size = Math.abs(base);
  return {
    ...estimate.relative,
    inner: estimate.fixedHorizon && {
      lower: estimate.fixedHorizon.lower / size,
      upper: estimate.fixedHorizon.upper / size,
    },
    mde: metric.scale.mde / size,
    margin: metric.scale.margin === null ? null : metric.scale.margin / size,
    text: formatLift,
  };
}

type Interval = {
  difference: number;
  lower: number;
  upper: number;
  fixedHorizon: { lower: number; upper: number } | null;
};

function inOwnUnit(
  metric: { unit: MetricJson["unit"]; scale?: MetricJson["scale"] },
  estimate: Interval,
  times: number,
): Drawn {
  const { difference, lower, upper, fixedHorizon } = estimate;
  const margin = metric.scale?.margin ?? null;
  return {
    estimate: difference * times,
    lower: lower * times,
    upper: upper * times,
    inner: fixedHorizon && { lower: fixedHorizon.lower * times, upper: fixedHorizon.upper * times },
    mde: metric.scale ? metric.scale.mde * times : null,
    margin: margin === null ? null : margin * times,
    text: (value) => formatDifference(value, metric.unit),
  };
}

/** The axis reaches as far as the intervals, but no further than three times the usual one. */
export function reach(drawn: readonly (Drawn | null)[]): number {
  const reaches = drawn
    .flatMap((each) => (each ? [Math.max(Math.abs(each.lower), Math.abs(each.upper), each.margin ?? 0)] : []))
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  if (reaches.length === 0) return 1;
  const middle = reaches[Math.floor((reaches.length - 1) / 2)]!;
  return 1.1 * Math.min(reaches.at(-1)!, 3 * middle) || 1;
}
