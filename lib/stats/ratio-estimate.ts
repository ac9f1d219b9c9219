import { type Estimate, notEstimable, requireFinite } from "./estimate.ts";
import type { Sums } from "./sums.ts";

// A residual sum of squares this small against ΣS² (CV below 1e-5) is the rounding of the sums, not spread.
const roundingLimit = 1e-10;

/**
 * R = ΣS/ΣN with its cluster-robust variance: units are the clusters, however many rows each has.
 *
 * V(R) = K/(K−1) · (ΣS² − 2RΣNS + R²ΣN²) / (ΣN)²
 *
 * The delta method for a ratio of means (Deng, Knoblich & Lu 2018, arXiv 1803.06336, eq. 3), which is CR0·K/(K−1).
 * With N = 1 for every unit it is the sample mean and s²/K.
 *
 * Not estimable: no_units (K = 0), too_few_units (K = 1), zero_denominator (ΣN = 0), no_variation (every unit has
 * the same ratio, as far as double-precision sums can tell).
 * @throws RangeError when a sum is NaN or infinite.
 */
export function ratioEstimate(sums: Sums): Estimate {
  const { k, n, s, nn, ss, ns } = sums;
  requireFinite("every sum", k + n + s + nn + ss + ns);
  if (k < 1) return notEstimable("no_units");
  if (k < 2) return notEstimable("too_few_units");
  if (n === 0) return notEstimable("zero_denominator");
  const ratio = s / n;
  const residual = ss - 2 * ratio * ns + ratio * ratio * nn;
  if (residual <= roundingLimit * ss) return notEstimable("no_variation");
  return { status: "ok", estimate: ratio, variance: ((k / (k - 1)) * residual) / (n * n), units: k };
}

/**
 * The same metric per unit instead of per row: mean of S over units, e.g. total cost per user. A variant can be
 * cheaper per call and dearer per user, so reports show both.
 */
export function perUnitEstimate(sums: Sums): Estimate {
  return ratioEstimate({ ...sums, n: sums.k, nn: sums.k, ns: sums.s });
}

/**
 * A share of units with the population variance p(1−p)/k, as GrowthBook's ProportionStatistic
 * (`packages/stats/gbstats/models/statistics.py`). Ours, {@link ratioEstimate}, divides by k − 1; this one is for
 * comparing reports with GrowthBook's. Not estimable: no_units, no_variation (all or none).
 */
export function proportionEstimate(k: number, successes: number): Estimate {
  if (k < 1) return notEstimable("no_units");
  const p = successes / k;
  if (p <= 0 || p >= 1) return notEstimable("no_variation");
  return { status: "ok", estimate: p, variance: (p * (1 - p)) / k, units: k };
}
