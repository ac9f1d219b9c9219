import { normalCdf, normalPdf, normalQuantile } from "./distributions.ts";
import { type Interval, requireProbability } from "./estimate.ts";

/** N(mean, variance) on the effect; null is the flat (improper) prior. */
export type EffectPrior = { mean: number; variance: number } | null;

/** A prior on the relative lift as one on the absolute difference, for a baseline of the given level. */
export function absolutePrior(prior: EffectPrior, baseline: number): EffectPrior {
  return prior && { mean: prior.mean * Math.abs(baseline), variance: prior.variance * baseline ** 2 };
}

export interface EffectPosterior {
  mean: number;
  standardDeviation: number;
}

/**
 * The posterior of an effect whose estimate is D ± SE under a normal prior: precision-weighted mean, so D shrinks
 * towards the prior mean. Its mean is the honest "shrunken lift" of a winner. Not protected against peeking.
 */
export function effectPosterior(
  estimate: number,
  standardError: number,
  prior: EffectPrior,
): EffectPosterior {
  if (prior === null) return { mean: estimate, standardDeviation: standardError };
  const precision = 1 / standardError ** 2 + 1 / prior.variance;
  const mean = (estimate / standardError ** 2 + prior.mean / prior.variance) / precision;
  return { mean, standardDeviation: 1 / Math.sqrt(precision) };
}

/** Central credible interval of mass 1 − alpha. */
export function credibleInterval({ mean, standardDeviation }: EffectPosterior, alpha: number): Interval {
  requireProbability("alpha", alpha);
  const width = -normalQuantile(alpha / 2) * standardDeviation;
  return { lower: mean - width, upper: mean + width };
}

/** P(the effect is an improvement). @param higherIsBetter false for cost, latency, errors */
export function chanceToWin({ mean, standardDeviation }: EffectPosterior, higherIsBetter = true): number {
  return normalCdf(((higherIsBetter ? 1 : -1) * mean) / standardDeviation);
}

export interface ExpectedLoss {
  /** What is lost on average by keeping the baseline: E[max(δ, 0)], in the effect's unit. */
  keepBaseline: number;
  /** What is lost on average by choosing the treatment: E[max(−δ, 0)]. */
  chooseTreatment: number;
}

/**
 * Expected loss of either choice, for a metric where higher is better (negate the mean for the others).
 * sd·φ(z) + mean·Φ(z) and sd·φ(z) − mean·Φ(−z), z = mean/sd; exactly max(±mean, 0) beyond |z| = 37, where φ
 * underflows. Source: GrowthBook `get_risk`, `packages/stats/gbstats/bayesian/tests.py`.
 */
export function expectedLoss({ mean, standardDeviation }: EffectPosterior): ExpectedLoss {
  const z = mean / standardDeviation;
  if (Math.abs(z) > 37) return { keepBaseline: Math.max(mean, 0), chooseTreatment: Math.max(-mean, 0) };
  const density = standardDeviation * normalPdf(z);
  return {
    keepBaseline: density + mean * normalCdf(z),
    chooseTreatment: density - mean * normalCdf(-z),
  };
}
