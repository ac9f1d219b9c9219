import { bisect } from "./bisect.ts";
import { requireProbability } from "./estimate.ts";
import { zeta } from "./zeta.ts";

/**
 * Polynomial stitched boundary, sub-gamma with scale c (may be negative): Howard et al. 2021, Thm 1 and eq. (10).
 * @param vMin the variance from which it holds tightly; s and eta shape the epochs
 */
export function polynomialStitchingBound(
  v: number,
  alpha: number,
  { vMin, c = 0, s = 1.4, eta = 2 }: { vMin: number; c?: number; s?: number; eta?: number },
): number {
  requireProbability("alpha", alpha);
  const used = Math.max(v, vMin);
  const { k1, k2 } = epochConstants(eta);
  const spent =
    s * Math.log(Math.log((eta * used) / vMin)) + Math.log(zeta(s) / Math.log(eta) ** s) - Math.log(alpha);
  const linear = k2 * c * spent;
  return Math.sqrt(k1 * k1 * used * spent + linear * linear) + linear;
}

/**
 * Finite law-of-the-iterated-logarithm bound on sup|F̂_t − F| after t observations, simultaneously over time and over
 * all quantiles: A√((ln(1 + ln(t/t_min)) + C)/t), C chosen for error alpha. Infinite before tMin.
 * Source: Howard & Ramdas 2022, "Sequential estimation of quantiles", arXiv 1906.09712, Thm 2.
 */
export function empiricalProcessBound(t: number, alpha: number, tMin: number, a = 0.85): number {
  requireProbability("alpha", alpha);
  if (t < tMin) return Number.POSITIVE_INFINITY;
  const c = bisect(0.1, 1000, (candidate) => empiricalProcessError(candidate, a) < alpha);
  return a * Math.sqrt((Math.log1p(Math.log(t / tMin)) + c) / t);
}

function empiricalProcessError(c: number, a: number): number {
  const error = (eta: number) => {
    const gammaSquared = (2 / eta) * (a - Math.sqrt((2 * (eta - 1)) / c)) ** 2;
    if (gammaSquared <= 1) return Number.POSITIVE_INFINITY;
    return 4 * Math.exp(-gammaSquared * c) * (1 + 1 / ((gammaSquared - 1) * Math.log(eta)));
  };
  const etaMax = bisect(1, 2 * a * a, (eta) => Math.sqrt(eta / 2) + Math.sqrt((2 * (eta - 1)) / c) > a);
  return minimumOf(error, 1, etaMax);
}

/**
 * Howard & Ramdas 2022, Thm 3: how far the rank of the p-quantile can stray after t observations, in observations,
 * simultaneously over time and over all p; narrower for extreme p.
 */
export function doubleStitchingBound(
  p: number,
  t: number,
  alpha: number,
  { tOpt, delta = 0.5, s = 1.4, eta = 2 }: { tOpt: number; delta?: number; s?: number; eta?: number },
): number {
  requireProbability("alpha", alpha);
  requireProbability("p", p);
  const used = Math.max(t, tOpt);
  const { k1, k2 } = epochConstants(eta);
  const logit = Math.log(p / (1 - p));
  const shifted = 1 / (1 + Math.exp(-(logit + 2 * delta * Math.sqrt((tOpt * eta) / used))));
  const r = p >= 0.5 ? p : Math.min(0.5, shifted);
  const sigmaSquared = r * (1 - r);
  const j = (Math.sqrt(used / tOpt) * Math.abs(logit)) / (2 * delta) + 1;
  const z = zeta(s);
  const spent =
    s * Math.log(Math.log((eta * used) / tOpt)) +
    s * Math.log(j) +
    Math.log((2 * z * (2 * z + 1)) / (alpha * Math.log(eta) ** s));
  const linear = (k2 * (1 - 2 * p) * spent) / 3;
  const grid = delta * Math.sqrt((eta * used * sigmaSquared) / tOpt);
  return grid + Math.sqrt(k1 * k1 * sigmaSquared * used * spent + linear * linear) + linear;
}

function epochConstants(eta: number) {
  return { k1: (eta ** 0.25 + eta ** -0.25) / Math.SQRT2, k2: (Math.sqrt(eta) + 1) / 2 };
}

function minimumOf(f: (x: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [lo, hi] = [low, high];
  for (let i = 0; i < 80; i++) {
    const left = hi - golden * (hi - lo);
    const right = lo + golden * (hi - lo);
    if (f(left) < f(right)) hi = right;
    else lo = left;
  }
  return f((lo + hi) / 2);
}
