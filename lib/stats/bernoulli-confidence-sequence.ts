import { bisect } from "./bisect.ts";
import { type Interval, type NotEstimable, notEstimable, requireProbability } from "./estimate.ts";
import { betaBinomialMixture } from "./mixture.ts";

/**
 * Nonasymptotic anytime-valid interval for a Bernoulli rate: {p : ln M(p) < ln(1/α)} for the two-sided beta-binomial
 * mixture, valid from the first trial on, for any rate. Trials must be independent (one per unit).
 *
 * @param tOpt number of trials at which the interval is tightest; fix it before the test starts
 * Source: Howard et al. 2021, arXiv 1810.08240, Prop. 7; `confseq.bernoulli_confidence_interval`.
 * @throws RangeError unless 0 ≤ successes ≤ trials, trials ≥ 1, 0 < alpha < 1.
 */
export function bernoulliConfidenceSequence(input: {
  successes: number;
  trials: number;
  alpha: number;
  tOpt: number;
  alphaOpt?: number;
}): Interval {
  const { successes, trials, alpha, tOpt, alphaOpt = 0.05 } = input;
  requireProbability("alpha", alpha);
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) {
    throw new RangeError(`${successes} successes in ${trials} trials`);
  }
  const threshold = -Math.log(alpha);
  const rate = successes / trials;
  const isRejected = (p: number) => {
    const variance = p * (1 - p);
    const mixture = betaBinomialMixture({
      vOpt: variance * tOpt,
      g: p,
      h: 1 - p,
      alphaOpt,
      isOneSided: false,
    });
    return mixture.logMartingale((rate - p) * trials, variance * trials) >= threshold;
  };
  return {
    lower: rate > 0 && isRejected(smallestRate) ? bisect(smallestRate, rate, (p) => !isRejected(p)) : 0,
    upper: rate < 1 && isRejected(1 - smallestRate) ? bisect(rate, 1 - smallestRate, isRejected) : 1,
  };
}

const smallestRate = 1e-12;

/** Successes of one arm's units. */
export interface RateCounts {
  successes: number;
  trials: number;
}

/**
 * Anytime-valid interval for the rate difference b − a when counts are too small for the normal mixture: one
 * beta-binomial sequence per arm at alpha/2, subtracted. Conservative; holds for any rate and any sample size.
 * Not estimable: no_units (an arm has none).
 */
export function rateDifferenceConfidenceSequence(input: {
  a: RateCounts;
  b: RateCounts;
  alpha: number;
  tOpt: number;
}): ({ status: "ok"; estimate: number } & Interval) | NotEstimable {
  const { a, b, alpha, tOpt } = input;
  if (a.trials < 1 || b.trials < 1) return notEstimable("no_units");
  const boundsA = bernoulliConfidenceSequence({ ...a, alpha: alpha / 2, tOpt });
  const boundsB = bernoulliConfidenceSequence({ ...b, alpha: alpha / 2, tOpt });
  return {
    status: "ok",
    estimate: b.successes / b.trials - a.successes / a.trials,
    lower: boundsB.lower - boundsA.upper,
    upper: boundsB.upper - boundsA.lower,
  };
}

/**
 * Whether rates are too few for the asymptotic engine: under 100 units, or under 10 successes or failures, in
 * either arm. Then use {@link rateDifferenceConfidenceSequence}.
 */
export function needsSmallCountFallback(arms: readonly RateCounts[]): boolean {
  return arms.some(({ successes, trials }) => trials < 100 || successes < 10 || trials - successes < 10);
}
