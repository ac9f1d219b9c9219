import { type NotEstimable, notEstimable, requireProbability } from "./estimate.ts";

/**
 * Counts of values per logarithmic bucket: bucket key → count. A value's bucket never depends on the others, so
 * histograms merge exactly by adding counts, and any quantile is within `relativeError` of a true value.
 * Source: Masson, Rim & Lee 2019, "DDSketch", arXiv 1908.10693.
 *
 * Keys sort as the values do: positive v has key ⌈log_γ v⌉, zero has `zeroKey`, and −v has `negativeKey` − key(v).
 */
export type LogHistogram = ReadonlyMap<number, number>;

/** Relative error a and γ = (1+a)/(1−a). 665 buckets of a = 1 % cover 1 ms to 600 s. */
export const relativeError = 0.01;
export const gamma = (1 + relativeError) / (1 - relativeError);

// Positive keys of any double lie within ±37 500, so the three ranges cannot meet.
const zeroKey = -1_000_000;
const negativeKey = -2_000_000;
const logBase = Math.log(gamma);

/** The bucket of a finite value. @throws RangeError for NaN and infinities. */
export function bucketOf(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`only finite values have a bucket, got ${value}`);
  if (value === 0) return zeroKey;
  const exponent = Math.ceil(Math.log(Math.abs(value)) / logBase);
  return value > 0 ? exponent : negativeKey - exponent;
}

/** The value that stands for a bucket: 2γ^b/(γ+1), within the relative error of all values in it. */
export function bucketValue(key: number): number {
  return within(key, 0, (exponent) => (2 * gamma ** exponent) / (gamma + 1));
}

/** The largest value that a bucket can hold. */
export function bucketUpperBound(key: number): number {
  return interpolate(key, 1);
}

/** The histogram of values. */
export function histogramOf(values: Iterable<number>): Map<number, number> {
  const histogram = new Map<number, number>();
  for (const value of values) {
    const key = bucketOf(value);
    histogram.set(key, (histogram.get(key) ?? 0) + 1);
  }
  return histogram;
}

/** Adds counts; exact, in any order. */
export function mergeHistograms(parts: Iterable<LogHistogram>): Map<number, number> {
  const total = new Map<number, number>();
  for (const part of parts) for (const [key, count] of part) total.set(key, (total.get(key) ?? 0) + count);
  return total;
}

/** Number of values. */
export function histogramCount(histogram: LogHistogram): number {
  let count = 0;
  for (const value of histogram.values()) count += value;
  return count;
}

export type Quantile = { status: "ok"; value: number; count: number } | NotEstimable;

/**
 * DDSketch's quantile: the bucket holding rank ν(n − 1), as `bucketValue`. Within the relative error of the sample
 * quantile. Not estimable: too_few_observations (empty).
 * @throws RangeError unless 0 < level < 1.
 */
export function histogramQuantile(histogram: LogHistogram, level: number): Quantile {
  requireProbability("level", level);
  const count = histogramCount(histogram);
  const rank = level * (count - 1);
  let below = 0;
  for (const [key, here] of sortedBuckets(histogram)) {
    below += here;
    if (below > rank) return { status: "ok", value: bucketValue(key), count };
  }
  return notEstimable("too_few_observations");
}

/**
 * The quantile interpolated inside its bucket, γ^(b−1+f) with f = (νn − C_{b−1})/c_b. Moves smoothly as counts
 * change, which the jackknife needs. Errors as {@link histogramQuantile}.
 */
export function interpolatedQuantile(histogram: LogHistogram, level: number): Quantile {
  requireProbability("level", level);
  const count = histogramCount(histogram);
  const rank = level * count;
  let below = 0;
  for (const [key, here] of sortedBuckets(histogram)) {
    if (below + here >= rank) return { status: "ok", value: interpolate(key, (rank - below) / here), count };
    below += here;
  }
  return notEstimable("too_few_observations");
}

/** The value a fraction f of the way through a bucket, upwards. */
export function interpolate(key: number, fraction: number): number {
  return within(key, fraction, (exponent, f) => gamma ** (exponent - 1 + f));
}

/** The buckets in ascending order of value. */
export function sortedBuckets(histogram: LogHistogram): [key: number, count: number][] {
  return [...histogram].sort(([a], [b]) => a - b);
}

function within(key: number, fraction: number, positive: (exponent: number, f: number) => number): number {
  if (key === zeroKey) return 0;
  return key > zeroKey ? positive(key, fraction) : -positive(negativeKey - key, 1 - fraction);
}
