/**
 * The point where an increasing condition turns from false to true, by bisection to double precision.
 * `isAbove(low)` must be false and `isAbove(high)` true; the midpoint of the last bracket is returned.
 */
export function bisect(low: number, high: number, isAbove: (value: number) => boolean): number {
  let lo = low;
  let hi = high;
  for (let i = 0; i < 200; i++) {
    const mid = lo + (hi - lo) / 2;
    if (mid <= Math.min(lo, hi) || mid >= Math.max(lo, hi)) break;
    if (isAbove(mid)) hi = mid;
    else lo = mid;
  }
  return lo + (hi - lo) / 2;
}
