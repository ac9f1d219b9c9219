import { bisect } from "./bisect.ts";
import { logNormalCdf } from "./distributions.ts";
import { requirePositive, requireProbability } from "./estimate.ts";
import { lambertWMinus1 } from "./lambert-w.ts";

/*
 * The normal-mixture boundary in information time. x = τ²/SE² is the information ratio: how large the variance τ²
 * of the mixing distribution over effects is against the current sampling variance. The same boundary under other
 * names: AsympCS (Waudby-Smith et al., arXiv 2103.06476v7, eq. 9) has x = nρ²; confseq has x = n/ρ; mSPRT
 * (Johari et al. 2017) has x = τ²/V; Eppo and GrowthBook fix x by a tuning sample size.
 */

/**
 * m(x) = √((1 + 1/x)(ln(1+x) + 2 ln(1/α))): the half-width of the two-sided confidence sequence in standard errors.
 * Infinite at x = 0 (no information yet).
 * @throws RangeError unless x ≥ 0 and 0 < alpha < 1.
 */
export function boundaryMultiplier(x: number, alpha: number): number {
  requireProbability("alpha", alpha);
  if (!(x >= 0)) throw new RangeError(`the information ratio must not be negative, got ${x}`);
  return Math.sqrt((1 + 1 / x) * (Math.log1p(x) - 2 * Math.log(alpha)));
}

/**
 * ln E for z = (D − δ₀)/SE: E = (1+x)^(−1/2)·exp(z²x/(2(1+x))). E is an e-value at every look, so under the null
 * P(E ever reaches 1/α) ≤ α (Ville).
 */
export function logEValue(z: number, x: number): number {
  return -0.5 * Math.log1p(x) + (z * z * x) / (2 * (1 + x));
}

/** ln E⁺ = ln(2E·Φ(z√(x/(1+x)))): evidence that the effect is above δ₀ (mixing over the half-normal). */
export function logOneSidedEValue(z: number, x: number): number {
  return Math.LN2 + logEValue(z, x) + logNormalCdf(z * Math.sqrt(x / (1 + x)));
}

/**
 * The multiplier of the exact one-sided confidence bound D − m·SE: the z at which E⁺ = 1/α, by bisection.
 * @throws RangeError unless x ≥ 0 and 0 < alpha < 1.
 */
export function oneSidedMultiplier(x: number, alpha: number): number {
  requireProbability("alpha", alpha);
  if (!(x >= 0)) throw new RangeError(`the information ratio must not be negative, got ${x}`);
  if (x === 0) return Number.POSITIVE_INFINITY;
  const threshold = -Math.log(alpha);
  return bisect(-40, boundaryMultiplier(x, alpha), (z) => logOneSidedEValue(z, x) > threshold);
}

/**
 * √(2(1 + 1/x)·ln(1 + √(1+x)/(2α))): a slightly wider closed form of {@link oneSidedMultiplier} (AsympCS eq. 134;
 * GrowthBook's guardrails).
 * @throws RangeError unless x ≥ 0 and 0 < alpha < 1.
 */
export function oneSidedMultiplierClosedForm(x: number, alpha: number): number {
  requireProbability("alpha", alpha);
  return Math.sqrt(2 * (1 + 1 / x) * Math.log1p(Math.sqrt(1 + x) / (2 * alpha)));
}

/**
 * x* = −2 ln α + ln(1 − 2 ln α): where m is (to first order) smallest; 7.936 at α = .05. AsympCS eq. 161.
 * @throws RangeError unless 0 < alpha < 1.
 */
export function optimalInformation(alpha: number): number {
  requireProbability("alpha", alpha);
  const spent = -2 * Math.log(alpha);
  return spent + Math.log1p(spent);
}

/** The exact minimizer of m: −W₋₁(−α²/e) − 1 (Waudby-Smith et al., `drconfseq`). */
export function exactOptimalInformation(alpha: number): number {
  requireProbability("alpha", alpha);
  return -lambertWMinus1(-(alpha * alpha) / Math.E) - 1;
}

/**
 * κ = √x* / (m(x*) + z_power): τ = κ·MDE makes the interval tightest just when the test has the wanted power for one
 * look at the minimum detectable effect. .727 at α = .05 and power .8.
 * @param zPower the normal quantile of the power, 0.8416 for .8
 */
export function mixingFactor(alpha: number, zPower = 0.8416212335729143): number {
  const x = optimalInformation(alpha);
  return Math.sqrt(x) / (boundaryMultiplier(x, alpha) + zPower);
}

/**
 * τ = κ·MDE, the mixing standard deviation, in the metric's unit. Freeze the MDE (absolute: relative MDE times the
 * pre-period baseline) at launch: τ chosen after seeing data is not anytime-valid.
 * @throws RangeError unless mde > 0.
 */
export function mixingScale(mde: number, alpha: number): number {
  requirePositive("mde", mde);
  return mixingFactor(alpha) * mde;
}
