import { type Estimate, type NotEstimable, notEstimable } from "./estimate.ts";

export type RelativeLift =
  /** Fractions: 0.05 is +5 %. */
  { status: "ok"; estimate: number; lower: number; upper: number } | NotEstimable;

/**
 * Relative lift (b − a)/a with Fieller's interval, from the *same* multiplier m as the absolute interval
 * D ± m·SE. Hence 0 lies in both intervals or in neither.
 *
 * Not estimable: either arm is not; baseline_zero; baseline_too_noisy when g = m²V_a/a² ≥ 1, that is when the
 * baseline's own interval reaches 0 and no bounded percentage exists.
 * Source: Fieller 1954; Franz 2007, arXiv 0710.2024.
 */
export function fiellerLift(a: Estimate, b: Estimate, multiplier: number): RelativeLift {
  if (a.status !== "ok") return a;
  if (b.status !== "ok") return b;
  return fiellerRatio({
    numerator: b.estimate - a.estimate,
    denominator: a.estimate,
    numeratorVariance: a.variance + b.variance,
    denominatorVariance: a.variance,
    covariance: -a.variance,
    multiplier,
  });
}

/**
 * Fieller's set {ρ : (N − ρD)² ≤ m²(V_N − 2ρC + ρ²V_D)} for the ratio of two correlated estimates N/D, where
 * C = Cov(N, D). Errors as {@link fiellerLift}.
 */
export function fiellerRatio(input: {
  numerator: number;
  denominator: number;
  numeratorVariance: number;
  denominatorVariance: number;
  covariance: number;
  multiplier: number;
}): RelativeLift {
  const { numerator, denominator, numeratorVariance, denominatorVariance, covariance } = input;
  if (denominator === 0) return notEstimable("baseline_zero");
  const mm = input.multiplier ** 2;
  const a = denominator ** 2 - mm * denominatorVariance;
  if (!(a > 0)) return notEstimable("baseline_too_noisy");
  const half = numerator * denominator - mm * covariance;
  const c = numerator ** 2 - mm * numeratorVariance;
  // half² − a·c, with the terms that cancel taken out: for precise arms they are all but the last digits.
  const spread =
    denominator ** 2 * numeratorVariance +
    numerator ** 2 * denominatorVariance -
    2 * numerator * denominator * covariance +
    mm * (covariance ** 2 - numeratorVariance * denominatorVariance);
  const root = Math.sqrt(Math.max(0, mm * spread));
  const far = half >= 0 ? half + root : half - root;
  // The root nearer 0 is c/far: subtracting there would lose the sign that decides whether 0 is inside.
  const ends = far === 0 ? [0, 0] : [far / a, c / far];
  return {
    status: "ok",
    estimate: numerator / denominator,
    lower: Math.min(ends[0]!, ends[1]!),
    upper: Math.max(ends[0]!, ends[1]!),
  };
}
