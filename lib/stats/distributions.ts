import gammainc from "@stdlib/math-base-special-gammainc";
import gammaln from "@stdlib/math-base-special-gammaln";
import normalCdfBase from "@stdlib/stats-base-dists-normal-cdf";
import normalQuantileBase from "@stdlib/stats-base-dists-normal-quantile";
import tCdfBase from "@stdlib/stats-base-dists-t-cdf";
import tQuantileBase from "@stdlib/stats-base-dists-t-quantile";

/** Φ(z): probability that a standard normal is at most z. */
export function normalCdf(z: number): number {
  return normalCdfBase(z, 0, 1);
}

/** φ(z): density of the standard normal at z. */
export function normalPdf(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** z with Φ(z) = p, for p in (0, 1). */
export function normalQuantile(p: number): number {
  return normalQuantileBase(p, 0, 1);
}

/**
 * ln Φ(z), finite for every finite z. Below −35, where Φ leaves double precision, the asymptotic series of
 * Mills' ratio is used (Abramowitz & Stegun 26.2.12).
 */
export function logNormalCdf(z: number): number {
  if (z > -35) return Math.log(normalCdf(z));
  const q = 1 / (z * z);
  const series = 1 - q * (1 - 3 * q * (1 - 5 * q));
  return -0.5 * z * z - Math.log(-z) - 0.5 * Math.log(2 * Math.PI) + Math.log(series);
}

/** P(T ≤ t) for Student's t with df > 0 degrees of freedom (df may be fractional or infinite). */
export function tCdf(t: number, df: number): number {
  return df === Number.POSITIVE_INFINITY ? normalCdf(t) : tCdfBase(t, df);
}

/** t with P(T ≤ t) = p. */
export function tQuantile(p: number, df: number): number {
  return df === Number.POSITIVE_INFINITY ? normalQuantile(p) : tQuantileBase(p, df);
}

/** P(X > x) for a chi-squared variable with df degrees of freedom, accurate far in the tail. */
export function chiSquaredTail(x: number, df: number): number {
  return x <= 0 ? 1 : gammainc(x / 2, df / 2, true, true);
}

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  return gammaln(x);
}

/** ln B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return gammaln(a) + gammaln(b) - gammaln(a + b);
}

/** P(s, x), the regularized lower incomplete gamma function. */
export function lowerGamma(s: number, x: number): number {
  return gammainc(x, s, true, false);
}

/** Q(s, x) = 1 − P(s, x), the regularized upper incomplete gamma function. */
export function upperGamma(s: number, x: number): number {
  return gammainc(x, s, true, true);
}
