import { bisect } from "./bisect.ts";
import { logBeta, logGamma, logNormalCdf, lowerGamma, upperGamma } from "./distributions.ts";
import { requireProbability } from "./estimate.ts";
import { logIncompleteBeta } from "./incomplete-beta.ts";

/*
 * Conjugate-mixture supermartingales for a sum S with variance process V (Howard, Ramdas, McAuliffe & Sekhon 2021,
 * "Time-uniform, nonparametric, nonasymptotic confidence sequences", arXiv 1810.08240, Props. 5–9). Parametrized as
 * the reference implementation `gostevehoward/confseq`: `vOpt` is the variance at which the bound is tightest.
 */

/** A mixture: ln M(s, v), an e-value of the process; and the largest s it allows at v. */
export interface Mixture {
  logMartingale(s: number, v: number): number;
  largestSum(v: number): number;
}

/** ρ = v/(2 ln(1/α) + ln(1 + 2 ln(1/α))): the normal mixture's precision that is best at variance v. */
export function bestPrecision(v: number, alpha: number): number {
  requireProbability("alpha", alpha);
  const spent = -2 * Math.log(alpha);
  return v / (spent + Math.log1p(spent));
}

function precisionFor(vOpt: number, alpha: number, isOneSided: boolean): number {
  return bestPrecision(vOpt, isOneSided ? 2 * alpha : alpha);
}

/** Normal mixture, sub-Gaussian: Prop. 5 (two-sided) and Prop. 6 (one-sided). */
export function normalMixture(vOpt: number, alphaOpt = 0.05, isOneSided = true): Mixture {
  const rho = precisionFor(vOpt, alphaOpt, isOneSided);
  return {
    logMartingale(s, v) {
      const core = 0.5 * Math.log(rho / (v + rho)) + (s * s) / (2 * (v + rho));
      return isOneSided ? core + Math.LN2 + logNormalCdf(s / Math.sqrt(v + rho)) : core;
    },
    largestSum: () => Number.POSITIVE_INFINITY,
  };
}

/** Gamma–exponential mixture, sub-exponential with scale c: Prop. 9. One-sided. */
export function gammaExponentialMixture(vOpt: number, c: number, alphaOpt = 0.05): Mixture {
  const rho = precisionFor(vOpt, alphaOpt, true) / (c * c);
  const constant = rho * Math.log(rho) - logGamma(rho) - Math.log(lowerGamma(rho, rho));
  return {
    logMartingale(s, v) {
      const shape = v / (c * c) + rho;
      const mass = s / c + shape;
      const gamma = logGamma(shape) + Math.log(lowerGamma(shape, mass));
      return constant + gamma - shape * Math.log(mass) + mass - rho;
    },
    largestSum: () => Number.POSITIVE_INFINITY,
  };
}

/** Gamma–Poisson mixture, sub-Poisson with scale c: Prop. 10. One-sided. */
export function gammaPoissonMixture(vOpt: number, c: number, alphaOpt = 0.05): Mixture {
  const rho = precisionFor(vOpt, alphaOpt, true) / (c * c);
  const constant = rho * Math.log(rho) - logGamma(rho) - Math.log(upperGamma(rho, rho));
  return {
    logMartingale(s, v) {
      const rate = v / (c * c) + rho;
      const shape = s / c + rate;
      const gamma = logGamma(shape) + Math.log(upperGamma(shape, rate));
      return constant + gamma - shape * Math.log(rate) + v / (c * c);
    },
    largestSum: () => Number.POSITIVE_INFINITY,
  };
}

/** Beta–binomial mixture, sub-Bernoulli with values in [−g, h]: Prop. 7 (two-sided) and Prop. 8 (one-sided). */
export function betaBinomialMixture(input: {
  vOpt: number;
  g: number;
  h: number;
  alphaOpt?: number;
  isOneSided?: boolean;
}): Mixture {
  const { vOpt, g, h, alphaOpt = 0.05, isOneSided = true } = input;
  const r = Math.max(precisionFor(vOpt, alphaOpt, isOneSided) - g * h, 1e-3 * g * h);
  const beta = (a: number, b: number) => (isOneSided ? logIncompleteBeta(a, b, h / (g + h)) : logBeta(a, b));
  const normalizer = beta(r / (g * (g + h)), r / (h * (g + h)));
  return {
    logMartingale(s, v) {
      const failures = (v - g * s) / (g * (g + h));
      const successes = (v + h * s) / (h * (g + h));
      const prior = { failures: r / (g * (g + h)), successes: r / (h * (g + h)) };
      const posterior = beta(prior.failures + failures, prior.successes + successes);
      const scale = (v / (g * h)) * Math.log(g + h);
      return scale - successes * Math.log(g) - failures * Math.log(h) + posterior - normalizer;
    },
    largestSum: (v) => v / g,
  };
}

/**
 * The boundary u(v): the s at which M(s, v) = 1/α. P(S ever exceeds u(V)) ≤ α.
 * When even the largest possible sum is no such evidence, that largest sum is returned.
 * @throws RangeError unless 0 < alpha < 1.
 */
export function mixtureBound(mixture: Mixture, v: number, alpha: number): number {
  requireProbability("alpha", alpha);
  const threshold = -Math.log(alpha);
  const exceeds = (s: number) => mixture.logMartingale(s, v) > threshold;
  const largest = mixture.largestSum(v);
  if (largest !== Number.POSITIVE_INFINITY) {
    return exceeds(largest * (1 - 1e-15)) ? bisect(0, largest, exceeds) : largest;
  }
  let high = Math.max(v, 1);
  while (!exceeds(high) && high < 1e300) high *= 2;
  return bisect(0, high, exceeds);
}
