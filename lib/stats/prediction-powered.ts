import type { Estimate } from "./estimate.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import type { Sums } from "./sums.ts";

/**
 * An arm's mean quality from judge scores f on everything, corrected by human labels Y on a random few:
 * θ̂ = mean_all(f) + mean_labeled(Y − f), variance V(f)/K + V(Y − f)/k, both cluster-robust over units.
 * Unbiased however biased the judge is, as long as what is labeled was drawn at random; tighter than labels alone
 * when the judge agrees with people.
 * Source: Angelopoulos et al. 2023, "Prediction-powered inference", arXiv 2301.09633, sec. 2.
 *
 * @param judged unit sums of f: s the unit's scores, n how many
 * @param corrections unit sums of Y − f over labeled items: s the unit's corrections, n how many
 * Not estimable: as `ratioEstimate`, for either part. Labels that all equal the judge's give no_variation.
 */
export function predictionPoweredEstimate(judged: Sums, corrections: Sums): Estimate {
  const judge = ratioEstimate(judged);
  if (judge.status !== "ok") return judge;
  const correction = ratioEstimate(corrections);
  if (correction.status !== "ok") return correction;
  return {
    status: "ok",
    estimate: judge.estimate + correction.estimate,
    variance: judge.variance + correction.variance,
    units: judge.units,
  };
}
