import {
  needsSmallCountFallback,
  type RateCounts,
  rateDifferenceConfidenceSequence,
} from "#lib/stats/bernoulli-confidence-sequence.ts";
import { confidenceSequence, oneSidedConfidenceSequence } from "#lib/stats/confidence-sequence.ts";
import { type DifferenceOk, difference } from "#lib/stats/difference.ts";
import type { Estimate } from "#lib/stats/estimate.ts";
import { fiellerLift } from "#lib/stats/fieller.ts";
import { tTest } from "#lib/stats/t-test.ts";
import type { Comparison, ComparisonEstimate, ComparisonState, MetricRole } from "./analysis.ts";
import { bayesianView } from "./bayesian-view.ts";
import type { Metric } from "./metrics.ts";
import type { FrozenScale } from "./schema.ts";

/** Counts of a metric whose values are all 0 or 1: of traces, and of units with any. Null for the others. */
export type BinaryCounts = { traces: RateCounts; units: RateCounts } | null;

export type ArmInput = { estimate: Estimate; units: number; counts: BinaryCounts };

export type Alphas = {
  /** Of the two-sided interval: divided among the success metrics and treatments for those, else the design's. */
  interval: number;
  /** One-sided, per guardrail: all must pass, so nothing is divided. */
  guardrail: number;
  /** One-sided, of the harm alarm: divided among all success metrics, guardrails and treatments. */
  harm: number;
};

/** Trials at which the small-counts interval is tightest; fixed for all tests. */
const smallCountsTuning = 500;

/**
 * A treatment against the control. Not estimable below `minimumUnits` in either arm, and until the scale is known:
 * then nothing is claimed.
 */
export function compareArms(input: {
  variantKey: string;
  metric: Metric;
  role: MetricRole;
  control: ArmInput;
  treatment: ArmInput;
  scale: FrozenScale | null;
  alphas: Alphas;
  minimumUnits: number;
}): Comparison {
  const { variantKey, metric, role, control, treatment, scale, minimumUnits } = input;
  const none = (reason: Comparison["reason"]): Comparison => ({
    variantKey,
    state: "not_estimable",
    reason,
    estimate: null,
  });
  if (control.units < minimumUnits || treatment.units < minimumUnits) return none("too_few_units");
  if (!scale) return none("no_scale_yet");
  const small = smallCounts(input);
  if (small) return { variantKey, reason: null, estimate: small, state: stateOf(small, metric, role, scale) };
  const gap = difference(control.estimate, treatment.estimate);
  if (gap.status !== "ok") return none(gap.reason);
  const estimate = asymptotic(gap, input, scale);
  return { variantKey, reason: null, estimate, state: stateOf(estimate, metric, role, scale) };
}

function asymptotic(
  gap: DifferenceOk,
  { metric, role, control, treatment, alphas }: Parameters<typeof compareArms>[0],
  scale: FrozenScale,
): ComparisonEstimate {
  const look = { estimate: gap.estimate, standardError: gap.standardError, tau: scale.tau };
  const interval = confidenceSequence({ ...look, alpha: alphas.interval });
  const lift = fiellerLift(control.estimate, treatment.estimate, interval.multiplier);
  const fixed = tTest({ ...look, degreesOfFreedom: gap.degreesOfFreedom, alpha: alphas.interval });
  const [good, bad] = metric.isHigherBetter ? (["lower", "upper"] as const) : (["upper", "lower"] as const);
  const worst = oneSidedConfidenceSequence({ ...look, alpha: alphas.guardrail, direction: good })[good];
  const best = oneSidedConfidenceSequence({ ...look, alpha: alphas.harm, direction: bad })[bad];
  const sign = metric.isHigherBetter ? 1 : -1;
  return {
    method: "anytime",
    difference: gap.estimate,
    standardError: gap.standardError,
    lower: interval.lower,
    upper: interval.upper,
    alpha: alphas.interval,
    multiplier: interval.multiplier,
    informationRatio: interval.informationRatio,
    logEValue: interval.logEValue,
    p: interval.p,
    relative: lift.status === "ok" ? { estimate: lift.estimate, lower: lift.lower, upper: lift.upper } : null,
    fixedHorizon: { lower: fixed.lower, upper: fixed.upper, p: fixed.p },
    bayesian: bayesianView(gap, metric, control.estimate, alphas.interval),
    ...judged(sign * worst, sign * best, role, scale),
  };
}

function smallCounts({
  metric,
  role,
  control,
  treatment,
  scale,
  alphas,
}: Parameters<typeof compareArms>[0]): ComparisonEstimate | null {
  const a = control.counts;
  const b = treatment.counts;
  if (!a || !b || !scale || (metric.statistic !== "mean" && metric.statistic !== "unit_share")) return null;
  if (!needsSmallCountFallback([a.traces, b.traces])) return null;
  const at = (alpha: number) =>
    rateDifferenceConfidenceSequence({ a: a.units, b: b.units, alpha, tOpt: smallCountsTuning });
  const [interval, guard, alarm] = [at(alphas.interval), at(alphas.guardrail), at(alphas.harm)];
  if (interval.status !== "ok" || guard.status !== "ok" || alarm.status !== "ok") return null;
  const worst = metric.isHigherBetter ? guard.lower : -guard.upper;
  const best = metric.isHigherBetter ? alarm.upper : -alarm.lower;
  return {
    method: "small_counts",
    difference: interval.estimate,
    standardError: null,
    lower: interval.lower,
    upper: interval.upper,
    alpha: alphas.interval,
    multiplier: null,
    informationRatio: null,
    logEValue: null,
    p: null,
    relative: null,
    fixedHorizon: null,
    bayesian: null,
    ...judged(worst, best, role, scale),
  };
}

/** Both bounds signed so that more is better. A worsening that is shown to stay within the margin is no harm. */
function judged(worst: number, best: number, role: MetricRole, scale: FrozenScale) {
  const isNonInferior = scale.margin !== null && worst > -scale.margin;
  return {
    worstCase: role === "guardrail" ? worst : null,
    isHarm: role !== "exploratory" && best < 0 && !isNonInferior,
  };
}

function stateOf(
  estimate: ComparisonEstimate,
  metric: Metric,
  role: MetricRole,
  scale: FrozenScale,
): ComparisonState {
  const { lower, upper, worstCase } = estimate;
  const [low, high] = metric.isHigherBetter ? [lower, upper] : [-upper, -lower];
  if (low > 0) return "better";
  if (role === "guardrail" && worstCase !== null && scale.margin !== null && worstCase > -scale.margin)
    return "non_inferior";
  if (high < 0) return "worse";
  if (low > -scale.mde && high < scale.mde) return "equivalent";
  return "unresolved";
}
