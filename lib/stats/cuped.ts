import type { Difference } from "./difference.ts";
import { welchDegreesOfFreedom } from "./difference.ts";
import { type NotEstimable, notEstimable } from "./estimate.ts";
import { fiellerRatio, type RelativeLift } from "./fieller.ts";
import { sampleCovariance, sampleVariance } from "./moments.ts";
import {
  type CovariateSums,
  mergeCovariateSums,
  mergeRatioCovariateSums,
  type RatioCovariateSums,
} from "./sums.ts";

/*
 * CUPED (Deng, Xu, Kohavi & Walker 2013): subtract from the metric what a pre-exposure covariate predicts. One θ over
 * *all* arms, so that the baseline is the same in every comparison. The covariate must be fixed before the variant
 * acts; `covariateLeak` checks it.
 */

export type CupedModel =
  | {
      status: "ok";
      theta: number;
      /** Covariate mean over all arms; adjusting around it keeps each arm's level in natural units. */
      center: number;
    }
  | NotEstimable;

/** An arm's adjusted estimate, with the unadjusted one that relative lifts are divided by. */
export type AdjustedEstimate =
  | {
      status: "ok";
      estimate: number;
      variance: number;
      unadjusted: number;
      unadjustedVariance: number;
      /** Cov(adjusted, unadjusted). */
      covariance: number;
      units: number;
    }
  | NotEstimable;

/**
 * θ = cov(Y, X)/var(X) pooled over the units of all arms, for a per-unit mean (Y = S).
 * Not estimable: too_few_units, no_covariate_variation.
 * Source: GrowthBook `compute_theta`, `packages/stats/gbstats/models/statistics.py`.
 */
export function fitCuped(arms: readonly CovariateSums[]): CupedModel {
  const all = mergeCovariateSums(arms);
  if (all.k < 2) return notEstimable("too_few_units");
  const variance = sampleVariance(all.k, all.x, all.xx);
  if (!(variance > 1e-10 * (all.xx / all.k))) return notEstimable("no_covariate_variation");
  const theta = sampleCovariance(all.k, all.s, all.x, all.sx) / variance;
  return { status: "ok", theta, center: all.x / all.k };
}

/** Ȳ − θ(X̄ − center), with variance (V_Y + θ²V_X − 2θC_XY)/K. Not estimable: too_few_units, no_variation. */
export function cupedMean(sums: CovariateSums, theta: number, center = 0): AdjustedEstimate {
  const { k, s, ss, x, xx, sx } = sums;
  if (k < 2) return notEstimable("too_few_units");
  const vy = sampleVariance(k, s, ss) / k;
  const cxy = sampleCovariance(k, s, x, sx) / k;
  const variance = vy + (theta * theta * sampleVariance(k, x, xx)) / k - 2 * theta * cxy;
  if (!(variance > 0)) return notEstimable("no_variation");
  return {
    status: "ok",
    estimate: s / k - theta * (x / k - center),
    variance,
    unadjusted: s / k,
    unadjustedVariance: vy,
    covariance: vy - theta * cxy,
    units: k,
  };
}

/**
 * θ for a ratio metric S/N with a ratio covariate X/D: covariance over variance of the two linearized ratios, summed
 * over arms. Source: GrowthBook `compute_theta_regression_adjusted_ratio`.
 * Not estimable: too_few_units, zero_denominator, no_covariate_variation.
 */
export function fitCupedRatio(arms: readonly RatioCovariateSums[]): CupedModel {
  let covariance = 0;
  let variance = 0;
  for (const arm of arms) {
    if (arm.k < 2) return notEstimable("too_few_units");
    if (arm.n === 0 || arm.d === 0) return notEstimable("zero_denominator");
    const parts = linearized(arm);
    covariance += parts.covariance * arm.k;
    variance += parts.covariateVariance * arm.k;
  }
  if (!(variance > 0)) return notEstimable("no_covariate_variation");
  const all = mergeRatioCovariateSums(arms);
  return { status: "ok", theta: covariance / variance, center: all.x / all.d };
}

/**
 * S/N − θ(X/D − center) with its delta-method variance over units.
 * Source: GrowthBook `RegressionAdjustedRatioStatistic`. Not estimable: too_few_units, zero_denominator, no_variation.
 */
export function cupedRatio(sums: RatioCovariateSums, theta: number, center = 0): AdjustedEstimate {
  if (sums.k < 2) return notEstimable("too_few_units");
  if (sums.n === 0 || sums.d === 0) return notEstimable("zero_denominator");
  const { ratioVariance, covariateVariance, covariance } = linearized(sums);
  const variance = ratioVariance + theta * theta * covariateVariance - 2 * theta * covariance;
  if (!(variance > 0)) return notEstimable("no_variation");
  const unadjusted = sums.s / sums.n;
  return {
    status: "ok",
    estimate: unadjusted - theta * (sums.x / sums.d - center),
    variance,
    unadjusted,
    unadjustedVariance: ratioVariance,
    covariance: ratioVariance - theta * covariance,
    units: sums.k,
  };
}

/** Sampling variances and covariance of S/N and X/D from their unit residuals S − RN and X − QD. */
function linearized(sums: RatioCovariateSums) {
  const { k, n, s, nn, ss, ns, x, d, xx, dd, sx, nx, sd, nd, xd } = sums;
  const r = s / n;
  const q = x / d;
  const factor = k / (k - 1);
  return {
    ratioVariance: (factor * (ss - 2 * r * ns + r * r * nn)) / (n * n),
    covariateVariance: (factor * (xx - 2 * q * xd + q * q * dd)) / (d * d),
    covariance: (factor * (sx - q * sd - r * nx + r * q * nd)) / (n * d),
  };
}

/**
 * Adjusted relative lift D_adj/(unadjusted baseline) with its delta-method variance, for parity with GrowthBook
 * (`frequentist_variance_relative_cuped` and `…_ratio`). Not estimable: either arm is not, or baseline_zero.
 * @param slopeFrom which lift the gradient is evaluated at: GrowthBook takes the adjusted one for ratios and the
 *   unadjusted one for means; they differ by less than the standard error
 */
export function cupedRelativeDifference(
  a: AdjustedEstimate,
  b: AdjustedEstimate,
  slopeFrom: "adjusted" | "unadjusted" = "adjusted",
): Difference {
  if (a.status !== "ok") return a;
  if (b.status !== "ok") return b;
  if (a.unadjusted === 0) return notEstimable("baseline_zero");
  const lift = (b.estimate - a.estimate) / a.unadjusted;
  const slope = slopeFrom === "adjusted" ? lift : b.unadjusted / a.unadjusted - 1;
  const fromBaseline = a.variance + 2 * slope * a.covariance + slope * slope * a.unadjustedVariance;
  const variance = (b.variance + fromBaseline) / (a.unadjusted * a.unadjusted);
  return {
    status: "ok",
    estimate: lift,
    variance,
    standardError: Math.sqrt(variance),
    degreesOfFreedom: welchDegreesOfFreedom(a.variance, a.units, b.variance, b.units),
    units: a.units + b.units,
  };
}

/** Fieller's interval for the adjusted lift over the unadjusted baseline; errors as `fiellerLift`. */
export function cupedFiellerLift(a: AdjustedEstimate, b: AdjustedEstimate, multiplier: number): RelativeLift {
  if (a.status !== "ok") return a;
  if (b.status !== "ok") return b;
  return fiellerRatio({
    numerator: b.estimate - a.estimate,
    denominator: a.unadjusted,
    numeratorVariance: a.variance + b.variance,
    denominatorVariance: a.unadjustedVariance,
    covariance: -a.covariance,
    multiplier,
  });
}
