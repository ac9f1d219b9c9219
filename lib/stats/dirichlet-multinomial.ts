import { bisect } from "./bisect.ts";
import { logGamma } from "./distributions.ts";
import type { Interval } from "./estimate.ts";

/**
 * ln of the Bayes factor of "some other split" against the null weights θ, for arm counts n:
 *
 * ln BF = lnΓ(Σα) − lnΓ(Σα + N) + Σ[lnΓ(α_i + n_i) − lnΓ(α_i)] − Σ n_i ln θ_i
 *
 * with α = concentration·θ, or the given vector. Starting from one, BF is a martingale under the null, hence an
 * e-process. Infinite when an arm that should get nothing got something.
 * Source: Lindon & Malek, arXiv 2011.03567, eq. (6); `optimizely/ssrm`.
 */
export function logSplitBayesFactor(
  counts: readonly number[],
  weights: readonly number[],
  concentration: number | readonly number[],
): number {
  const theta = normalized(weights);
  const alpha =
    typeof concentration === "number" ? theta.map((share) => share * concentration) : concentration;
  const total = sum(counts);
  const mass = sum(alpha);
  let log = logGamma(mass) - logGamma(mass + total);
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    if (theta[i] === 0) return Number.POSITIVE_INFINITY;
    log += logGamma(alpha[i]! + count) - logGamma(alpha[i]!) - count * Math.log(theta[i]!);
  }
  return log;
}

/**
 * ln of the multinomial probability of the counts under the null weights. `logSplitBayesFactor` plus this is the
 * Dirichlet-multinomial marginal likelihood of the alternative.
 */
export function logMultinomialProbability(counts: readonly number[], weights: readonly number[]): number {
  const theta = normalized(weights);
  let log = logGamma(sum(counts) + 1);
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    if (theta[i] === 0) return Number.NEGATIVE_INFINITY;
    log += count * Math.log(theta[i]!) - logGamma(count + 1);
  }
  return log;
}

/**
 * Simultaneous anytime-valid intervals for every arm's true share at one look: all shares θ whose Bayes factor
 * against the Dirichlet mixture is below 1/alpha (arXiv 2011.03567, sec. 4). Intersect over looks to sharpen.
 * @param weights center of the Dirichlet prior
 */
export function splitConfidenceIntervals(
  counts: readonly number[],
  weights: readonly number[],
  concentration: number,
  alpha: number,
): Interval[] {
  const total = sum(counts);
  // ln BF against a general θ is this constant minus Σ n_i ln θ_i.
  const constant =
    logSplitBayesFactor(counts, weights, concentration) +
    counts.reduce((log, count, i) => log + times(count, Math.log(normalized(weights)[i]!)), 0);
  return counts.map((count) => {
    const others = counts.reduce(
      (log, other) => log + times(other, Math.log(other)),
      -times(count, Math.log(count)),
    );
    const rest = total - count;
    const isOutside = (share: number) => {
      const best =
        times(count, Math.log(share)) +
        times(rest, Math.log1p(-share)) +
        others -
        times(rest, Math.log(rest));
      return constant - best > -Math.log(alpha);
    };
    const peak = total === 0 ? 0.5 : count / total;
    return {
      lower: isOutside(1e-15) ? bisect(1e-15, peak, (share) => !isOutside(share)) : 0,
      upper: isOutside(1 - 1e-15) ? bisect(peak, 1 - 1e-15, isOutside) : 1,
    };
  });
}

/** 0·ln 0 = 0. */
function times(count: number, log: number): number {
  return count === 0 ? 0 : count * log;
}

function normalized(weights: readonly number[]): number[] {
  const total = sum(weights);
  return weights.map((weight) => weight / total);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
