import { type Estimate, type EstimateOk, type NotEstimable, notEstimable } from "./estimate.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import type { CovariateSums, Sums } from "./sums.ts";

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

export type TunedEstimate = (EstimateOk & { lambda: number }) | NotEstimable;

/**
 * As {@link predictionPoweredEstimate}, trusting the judge only as far as it predicts people (PPI++):
 * θ̂ = Ȳ_labeled + λ(f̄_unlabeled − f̄_labeled), with the λ of least variance,
 * λ = Cov(Ȳ, f̄ | labeled)/(V(f̄ | labeled) + V(f̄ | unlabeled)), cut to [0, 1]. λ = 0 is labels alone, so a useless
 * judge costs nothing; λ = 1 is the plain correction. For independent items this is the paper's
 * Cov(Y, f)/((1 + n/N)·Var f); here all variances are cluster-robust over units.
 * Source: Angelopoulos, Duchi & Zrnic 2023, "PPI++", arXiv 2311.01453, sec. 6 (power tuning); the gain needs labels
 * enough to estimate λ: with n of them, a judge whose correlation with people is below 1/√(n − 2) can do worse than
 * labels alone (Mani et al. 2025, arXiv 2505.20178).
 *
 * @param labeled unit sums over labeled items: s the unit's labels Y, x its judge scores f, n how many items
 * @param unlabeled unit sums of f over items without a label, of other units: s the unit's scores, n how many
 * Not estimable: as `ratioEstimate` for the labels, or for the judge's scores on either part; a judge that never
 * varies gives the labels alone (λ = 0).
 */
export function tunedPredictionPoweredEstimate(labeled: CovariateSums, unlabeled: Sums): TunedEstimate {
  const { k, n, nn, ns, x, xx, sx, nx } = labeled;
  const labels = ratioEstimate(labeled);
  if (labels.status !== "ok") return labels;
  const units = labels.units + unlabeled.k;
  const judgeOnLabeled = ratioEstimate({ k, n, s: x, nn, ss: xx, ns: nx });
  const judge = ratioEstimate(unlabeled);
  const isFlat = [judgeOnLabeled, judge].some(
    (part) => part.status !== "ok" && part.reason === "no_variation",
  );
  if (isFlat) return { ...labels, units, lambda: 0 };
  if (judgeOnLabeled.status !== "ok") return notEstimable(judgeOnLabeled.reason);
  if (judge.status !== "ok") return notEstimable(judge.reason);
  const [r, q] = [labels.estimate, judgeOnLabeled.estimate];
  const covariance = ((k / (k - 1)) * (sx - q * ns - r * nx + r * q * nn)) / (n * n);
  const judgeVariance = judgeOnLabeled.variance + judge.variance;
  const lambda = Math.min(1, Math.max(0, covariance / judgeVariance));
  return {
    status: "ok",
    estimate: r + lambda * (judge.estimate - q),
    variance: labels.variance + lambda * lambda * judgeVariance - 2 * lambda * covariance,
    units,
    lambda,
  };
}
