import { boundaryMultiplier, optimalInformation } from "./boundary.ts";
import { normalCdf, normalQuantile } from "./distributions.ts";
import { type NotEstimable, notEstimable, requirePositive, requireProbability } from "./estimate.ts";
import { intervalPower } from "./power.ts";

/** How the effect will be judged. `alpha` is already divided by the number of tests. */
export type JudgingRule =
  | { kind: "fixed"; alpha: number }
  | { kind: "anytime"; alpha: number; tau: number }
  /** GrowthBook's sequential test: units n of both arms so far. */
  | { kind: "growthbook"; alpha: number; units: number; tuningParameter: number }
  /** Credible interval under a proper normal prior. */
  | { kind: "bayesian"; alpha: number; prior: { mean: number; variance: number } };

/**
 * Power at one look after collecting `scale` times as much data *again* (0: now), SE shrinking as 1/√(1 + scale).
 * @param effect true effect to find, positive, and standardError SE now, in the same unit
 * Source: GrowthBook `power/midexperimentpower.py`.
 */
export function powerAfter(input: {
  standardError: number;
  effect: number;
  scale: number;
  rule: JudgingRule;
}): number {
  const { standardError, effect, scale, rule } = input;
  requirePositive("standardError", standardError);
  requireProbability("alpha", rule.alpha);
  const later = standardError / Math.sqrt(1 + scale);
  if (rule.kind === "bayesian") return bayesianPower(later * later, effect, rule.alpha, rule.prior);
  return intervalPower({ effect, standardError: later, halfWidth: multiplier(later, scale, rule) * later });
}

/**
 * How much more data, in multiples of today's, gives the target power; 0 if today's does. Found by doubling, then
 * bisection until the power is within 1e-5, as GrowthBook does.
 * Not estimable: target_out_of_reach (not even 2²⁷ times as much would do).
 */
export function additionalDataNeeded(input: {
  standardError: number;
  effect: number;
  targetPower: number;
  rule: JudgingRule;
}): { status: "ok"; scale: number } | NotEstimable {
  const { targetPower, ...rest } = input;
  requireProbability("targetPower", targetPower);
  const surplus = (scale: number) => powerAfter({ ...rest, scale }) - targetPower;
  if (surplus(0) > 0) return { status: "ok", scale: 0 };
  let high = 1;
  while (surplus(high) < 0) {
    if (high >= 2 ** 27) return notEstimable("target_out_of_reach");
    high *= 2;
  }
  let low = 0;
  let scale = high;
  for (let i = 0; i < 100; i++) {
    scale = (low + high) / 2;
    const excess = surplus(scale);
    if (Math.abs(excess) < 1e-5) break;
    if (excess > 0) high = scale;
    else low = scale;
  }
  return { status: "ok", scale };
}

function multiplier(standardError: number, scale: number, rule: Exclude<JudgingRule, { kind: "bayesian" }>) {
  if (rule.kind === "fixed") return -normalQuantile(rule.alpha / 2);
  if (rule.kind === "anytime") return boundaryMultiplier((rule.tau / standardError) ** 2, rule.alpha);
  const x = (rule.units * (1 + scale) * optimalInformation(rule.alpha)) / rule.tuningParameter;
  return boundaryMultiplier(x, rule.alpha);
}

function bayesianPower(
  variance: number,
  effect: number,
  alpha: number,
  prior: { mean: number; variance: number },
): number {
  const width = variance * Math.sqrt(1 / prior.variance + 1 / variance) * -normalQuantile(alpha / 2);
  const pull = (variance * prior.mean) / prior.variance;
  const deviation = Math.sqrt(variance);
  return normalCdf((effect + pull - width) / deviation) + normalCdf(-(width + pull + effect) / deviation);
}
