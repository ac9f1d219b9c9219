import { logGamma, normalQuantile, tQuantile } from "#lib/stats/distributions.ts";
import type { Metric, Scale } from "./metrics.ts";
import type { Cell, PairedDifference } from "./schema.ts";

/*
 * What the numbers of an evaluation allow us to say. The unit of sampling is the item: repeats of one item are
 * averaged first, so that asking ten times about one item is not taken for ten items. Every interval is a 95 %
 * interval by itself: with many candidates and evaluators, some will miss.
 */

/** Sufficient statistics of one candidate and metric over items; each item counts with its mean over repeats. */
export type MetricSums = {
  /** Items that have a value, and results that have one. */
  items: number;
  observations: number;
  /** Results that could not be scored. */
  unscored: number;
  mean: number | null;
  /** Of the item means, divisor items − 1; null for fewer than two. */
  variance: number | null;
};

/** Of the item-by-item differences, candidate minus baseline, over the items that both have. */
export type PairedSums = {
  items: number;
  mean: number | null;
  variance: number | null;
  /** Items on which the candidate's value is higher, and lower. */
  higher: number;
  lower: number;
};

const alpha = 0.05;

/** A candidate's mean of a metric with its interval: Wilson's for 0-or-1 scores, Student's t otherwise. */
export function estimateMean(scale: Scale, sums: MetricSums): Cell {
  const { items, observations, unscored, mean, variance } = sums;
  if (items === 0 || mean === null) return { status: "not_estimable", reason: "no_values", unscored };
  const counts = { mean, items, observations, unscored };
  if (scale === "binary") {
    const size = effectiveSize(mean, items, observations, variance);
    return { status: "estimated", ...counts, ...wilson(mean, size) };
  }
  if (items < 2 || variance === null) return { status: "mean_only", reason: "one_item", ...counts };
  if (variance === 0) return { status: "mean_only", reason: "no_variation", ...counts };
  const interval = studentInterval(mean, variance, items);
  const bounded = scale === "unit" ? clamp(interval, 0, 1) : clamp(interval, 0, Number.POSITIVE_INFINITY);
  return { status: "estimated", ...counts, ...bounded };
}

/**
 * Candidate minus baseline, item by item, with Student's t on the differences. `direction` is a claim: the interval
 * leaves out 0 and, for 0-or-1 scores, the exact sign test on the items that differ (McNemar's) agrees at 5 %.
 */
export function compareToBaseline(metric: Metric, sums: PairedSums): PairedDifference {
  const { items, mean, variance, higher, lower } = sums;
  if (items === 0 || mean === null) return { status: "not_estimable", reason: "no_common_items" };
  const counts = { difference: mean, items, higherItems: higher, lowerItems: lower };
  if (items < 2 || variance === null) return { status: "difference_only", reason: "one_item", ...counts };
  if (variance === 0) return { status: "difference_only", reason: "no_variation", ...counts };
  const isShare = metric.scale === "binary" || metric.scale === "unit";
  const limit = isShare ? 1 : Number.POSITIVE_INFINITY;
  const interval = clamp(studentInterval(mean, variance, items), -limit, limit);
  const signTestP = metric.scale === "binary" ? exactSignTest(higher, lower) : null;
  const isResolved = (interval.lower > 0 || interval.upper < 0) && (signTestP === null || signTestP < alpha);
  const isGood = mean > 0 === metric.higherIsBetter;
  const direction = !isResolved ? "unresolved" : isGood ? "better" : "worse";
  return { status: "estimated", ...counts, ...interval, signTestP, direction };
}

/**
 * Wilson's score interval of a proportion (Wilson 1927); `size` may be fractional, as an effective sample size is.
 */
export function wilson(proportion: number, size: number): { lower: number; upper: number } {
  const z = normalQuantile(1 - alpha / 2);
  const center = proportion + (z * z) / (2 * size);
  const spread = z * Math.sqrt((proportion * (1 - proportion)) / size + (z * z) / (4 * size * size));
  const scale = 1 + (z * z) / size;
  return clamp({ lower: (center - spread) / scale, upper: (center + spread) / scale }, 0, 1);
}

/**
 * Two-sided exact P of a split at least as uneven as higher : lower if both were equally likely. For paired 0-or-1
 * scores this is McNemar's exact test (1947). 1 where nothing differs.
 */
export function exactSignTest(higher: number, lower: number): number {
  const n = higher + lower;
  const fewer = Math.min(higher, lower);
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    const logChoose = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
    tail += Math.exp(logChoose - n * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}

/**
 * How many independent answers the clustered ones are worth: p(1 − p) over the variance of the mean of item means
 * (Dean & Pagano 2015), between the number of items and of answers. One answer an item: their number.
 */
function effectiveSize(mean: number, items: number, observations: number, variance: number | null): number {
  if (observations === items) return items;
  // All alike: answers to one item may be fully dependent, so each item counts once.
  if (variance === null || mean === 0 || mean === 1) return items;
  if (variance === 0) return observations;
  return Math.min(observations, Math.max(items, (mean * (1 - mean) * items) / variance));
}

function studentInterval(mean: number, variance: number, items: number) {
  const halfWidth = tQuantile(1 - alpha / 2, items - 1) * Math.sqrt(variance / items);
  return { lower: mean - halfWidth, upper: mean + halfWidth };
}

function clamp(interval: { lower: number; upper: number }, least: number, most: number) {
  return { lower: Math.max(least, interval.lower), upper: Math.min(most, interval.upper) };
}
