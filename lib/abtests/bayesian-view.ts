import {
  absolutePrior,
  chanceToWin,
  credibleInterval,
  effectPosterior,
  expectedLoss,
} from "#lib/stats/bayes.ts";
import type { DifferenceOk } from "#lib/stats/difference.ts";
import type { Estimate } from "#lib/stats/estimate.ts";
import type { BayesianView } from "./analysis.ts";
import type { Metric } from "./metrics.ts";

/** Standard deviation of the prior on the relative effect: scores move less than cost and latency do. */
const priorDeviation = { points: 0.1, share: 0.3, ms: 0.3, usd: 0.3, tokens: 0.3 } as const;

/**
 * What a normal prior on the relative effect makes of a difference. Null where the baseline is zero or unknown: there
 * is nothing for the prior to be relative to.
 */
export function bayesianView(
  gap: DifferenceOk,
  metric: Pick<Metric, "unit" | "isHigherBetter">,
  baseline: Estimate,
  alpha: number,
): BayesianView | null {
  if (baseline.status !== "ok" || baseline.estimate === 0) return null;
  const prior = absolutePrior({ mean: 0, variance: priorDeviation[metric.unit] ** 2 }, baseline.estimate);
  const posterior = effectPosterior(gap.estimate, gap.standardError, prior);
  const sign = metric.isHigherBetter ? 1 : -1;
  const loss = expectedLoss({ ...posterior, mean: sign * posterior.mean });
  return {
    mean: posterior.mean,
    ...credibleInterval(posterior, alpha),
    chanceToWin: chanceToWin(posterior, metric.isHigherBetter),
    lossOfTreatment: Math.max(0, loss.chooseTreatment),
    lossOfControl: Math.max(0, loss.keepBaseline),
  };
}
