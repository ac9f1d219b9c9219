import { normalCdf, normalQuantile, tQuantile } from "./distributions.ts";
import { type NotEstimable, notEstimable, requirePositive, requireProbability } from "./estimate.ts";
import { noncentralTCdf } from "./noncentral-t.ts";
import type { Alternative } from "./t-test.ts";

/**
 * The chance that an interval estimate ± halfWidth excludes 0 at one look, when the true effect is `effect`:
 * 1 − Φ((w − δ)/SE) + Φ(−(w + δ)/SE). Right for sequential intervals too, whose half-width is not z·SE.
 */
export function intervalPower(input: { effect: number; standardError: number; halfWidth: number }): number {
  const { effect, standardError, halfWidth } = input;
  const above = normalCdf((effect - halfWidth) / standardError);
  return above + normalCdf(-(effect + halfWidth) / standardError);
}

/**
 * Power of the two-sample t test with equal variances (R `pwr.t.test`, `pwr.t2n.test`).
 * @param standardizedEffect difference over standard deviation (Cohen's d)
 */
export function tTestPower(input: {
  standardizedEffect: number;
  n1: number;
  n2: number;
  alpha: number;
  alternative?: Alternative;
}): number {
  const { standardizedEffect, n1, n2, alpha, alternative = "two-sided" } = input;
  requireProbability("alpha", alpha);
  const df = n1 + n2 - 2;
  requirePositive("degrees of freedom", df);
  const noncentrality = standardizedEffect * Math.sqrt((n1 * n2) / (n1 + n2));
  const critical = -tQuantile(alternative === "two-sided" ? alpha / 2 : alpha, df);
  const above = 1 - noncentralTCdf(critical, df, noncentrality);
  const below = noncentralTCdf(-critical, df, noncentrality);
  if (alternative === "greater") return above;
  return alternative === "less" ? below : above + below;
}

/**
 * Units of all arms needed to find `mde` (absolute, in the metric's unit) in one look with the given power:
 * (z_{1−α/2} + z_power)²·(σ²_a/w_a + σ²_b/w_b)/mde², w the arms' shares of the units (default half each).
 * Not rounded. For a rate, pass p(1−p) of either arm as its variance.
 * @throws RangeError unless mde > 0 and alpha, power, shares lie in (0, 1).
 */
export function fixedHorizonUnits(input: {
  mde: number;
  alpha: number;
  power: number;
  varianceA: number;
  varianceB?: number;
  shareA?: number;
  shareB?: number;
}): number {
  const { mde, alpha, power, varianceA, varianceB = varianceA, shareA = 0.5, shareB = 1 - shareA } = input;
  requirePositive("mde", mde);
  requireProbability("alpha", alpha);
  requireProbability("power", power);
  requireProbability("shareA", shareA);
  requireProbability("shareB", shareB);
  const z = normalQuantile(power) - normalQuantile(alpha / 2);
  return ((z * z) / (mde * mde)) * (varianceA / shareA + varianceB / shareB);
}

/** Standard error of the relative lift of two equal arms with the same unit variance (delta method). */
export function plannedLiftStandardError(input: {
  mean: number;
  variance: number;
  unitsPerArm: number;
  lift: number;
}): number {
  const { mean, variance, unitsPerArm, lift } = input;
  return Math.sqrt((variance / unitsPerArm) * (1 + (1 + lift) ** 2)) / Math.abs(mean);
}

/**
 * The smallest positive relative lift found with the given power at one look: the δ with
 * δ = (multiplier + z_power)·SE(δ), SE as {@link plannedLiftStandardError}. `multiplier` is the interval's half-width
 * in standard errors: 1.96 for fixed horizon, m(x) for a sequential one.
 * Not estimable: target_out_of_reach (no lift of any size would be found: too few units).
 * Source: GrowthBook `findMdeFrequentist`, `packages/shared/src/power/power.ts`.
 */
export function minimumDetectableLift(input: {
  mean: number;
  variance: number;
  unitsPerArm: number;
  power: number;
  multiplier: number;
}): { status: "ok"; lift: number } | NotEstimable {
  const { mean, variance, unitsPerArm, power, multiplier } = input;
  requireProbability("power", power);
  const noise = (((multiplier + normalQuantile(power)) ** 2 * variance) / unitsPerArm) * (1 / (mean * mean));
  if (!(noise < 1)) return notEstimable("target_out_of_reach");
  const ratio = (1 + Math.sqrt(1 - (1 - noise) ** 2)) / (1 - noise);
  return { status: "ok", lift: ratio - 1 };
}

/**
 * Power each of G guardrails and the success metrics need so that shipping a good variant succeeds with the wanted
 * power under the AND rule: 1 − (1 − power)/(G + 1). Source: Schultzberg et al., arXiv 2402.11609; Spotify.
 */
export function powerPerMetric(power: number, guardrails: number): number {
  return 1 - (1 - power) / (guardrails + 1);
}
