/** Half-open [start, end) in hash space. */
export type BucketRange = readonly [start: number, end: number];

/**
 * The part of hash space each variation owns: variation i gets [cum_i, cum_i + coverage·w_i), so raising coverage
 * only adds units and never moves one.
 *
 * @param count number of variations
 * @param coverage share of traffic in the test, clamped to [0, 1]
 * @param weights split over variations; equal weights if absent, of the wrong length, or summing outside
 *   [0.99, 1.01]
 *
 * Source: GrowthBook `getBucketRanges`, `packages/sdk-js/src/util.ts`.
 */
export function bucketRanges(count: number, coverage = 1, weights?: readonly number[]): BucketRange[] {
  const covered = Math.min(1, Math.max(0, coverage));
  const shares = isSplit(weights, count) ? weights : new Array<number>(count).fill(1 / count);
  let start = 0;
  return shares.map((share) => {
    const range: BucketRange = [start, start + covered * share];
    start += share;
    return range;
  });
}

function isSplit(weights: readonly number[] | undefined, count: number): weights is readonly number[] {
  if (weights?.length !== count) return false;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total >= 0.99 && total <= 1.01;
}

/** Whether a hash lies in a half-open range. */
export function inRange(hash: number, range: BucketRange): boolean {
  return hash >= range[0] && hash < range[1];
}

/** The index of the first range that contains the hash, or null when the unit is not in the test. */
export function chooseVariation(hash: number, ranges: readonly BucketRange[]): number | null {
  const index = ranges.findIndex((range) => inRange(hash, range));
  return index === -1 ? null : index;
}
