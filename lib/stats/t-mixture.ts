import { requirePositive, requireProbability } from "./estimate.ts";

/**
 * The half-width, in standard errors, of the anytime-valid t interval of a linear model with n rows and ν = n − p
 * residual degrees of freedom: √(ν(1 − (rα²)^{1/(ν+1)})/((rα²)^{1/(ν+1)} − r)), r = g/(g+n). Exact under normal errors.
 * Infinite while n is too small for any bound at this alpha.
 * Source: Lindon, Ham, Tingley & Bojinov 2022, arXiv 2210.08589, Cor. 3; R package avlm `t_radius`.
 */
export function tMixtureRadius(input: { g: number; n: number; coefficients: number; alpha: number }): number {
  const { g, n, coefficients, alpha } = input;
  requireProbability("alpha", alpha);
  requirePositive("g", g);
  const nu = n - coefficients;
  requirePositive("residual degrees of freedom", nu);
  const r = g / (g + n);
  const power = (r * alpha * alpha) ** (1 / (nu + 1));
  return power > r ? Math.sqrt((nu * (1 - power)) / (power - r)) : Number.POSITIVE_INFINITY;
}

/** The precision g > 0 that minimizes {@link tMixtureRadius} at n rows (avlm `optimal_g`). */
export function optimalTMixturePrecision(n: number, coefficients: number, alpha: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  const radius = (logG: number) => tMixtureRadius({ g: Math.exp(logG), n, coefficients, alpha });
  let [low, high] = [Math.log(1e-6), Math.log(n)];
  for (let i = 0; i < 120; i++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    // ≤: both are Infinity where g is too large, and the minimum lies to the left.
    if (radius(left) <= radius(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/**
 * ln of the e-value of a t statistic under the same mixture: ½ ln r + ½(ν+1)(ln(1 + t²/ν) − ln(1 + r t²/ν)).
 * Source: arXiv 2210.08589, eq. (8); avlm `log_G_t`.
 */
export function logTMixtureEValue(input: { t: number; g: number; n: number; coefficients: number }): number {
  const { t, g, n, coefficients } = input;
  const nu = n - coefficients;
  const r = g / (g + n);
  const ratio = Math.log1p((t * t) / nu) - Math.log1p((r * t * t) / nu);
  return 0.5 * Math.log(r) + 0.5 * (nu + 1) * ratio;
}
