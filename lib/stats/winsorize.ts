import { requireFinite } from "./estimate.ts";
import { histogramQuantile, type LogHistogram, type Quantile } from "./log-histogram.ts";
import { mergeSums, type Sums, unitSums } from "./sums.ts";

/**
 * The cap for winsorizing a heavy-tailed total (cost, tokens): a high quantile of the *unit totals* S, pooled over
 * all arms so that it leans to none. Freeze it at launch: a cap that moves with the data moves the metric.
 * @param unitTotals log histogram of S over units of all arms
 * @param level default p99.9 (Statsig's default)
 * Not estimable: too_few_observations (fewer than 1/(1 − level) units: the quantile would be the largest of them).
 * @throws RangeError unless 0 < level < 1.
 */
export function winsorThreshold(unitTotals: LogHistogram, level = 0.999): Quantile {
  const quantile = histogramQuantile(unitTotals, level);
  if (quantile.status === "ok" && quantile.count * (1 - level) < 1)
    return { status: "not_estimable", reason: "too_few_observations" };
  return quantile;
}

/** The sums of one unit, its total cut down to the threshold. @throws RangeError unless the numbers are finite. */
export function winsorizedUnitSums(s: number, n: number, threshold: number): Sums {
  return unitSums(Math.min(s, requireFinite("threshold", threshold)), n);
}

/**
 * Winsorizes sums that are already there: takes out the few units above the threshold and puts them back at it.
 * Equals the sums of {@link winsorizedUnitSums} over all units, up to rounding.
 * @param above the units with S > threshold, all of them; others are ignored
 */
export function winsorizeSums(
  sums: Sums,
  above: readonly { s: number; n: number }[],
  threshold: number,
): Sums {
  const changes = above
    .filter(({ s }) => s > threshold)
    .map(({ s, n }) => {
      const cut = winsorizedUnitSums(s, n, threshold);
      const whole = unitSums(s, n);
      return { ...cut, k: 0, n: 0, nn: 0, s: cut.s - whole.s, ss: cut.ss - whole.ss, ns: cut.ns - whole.ns };
    });
  return mergeSums([sums, ...changes]);
}
