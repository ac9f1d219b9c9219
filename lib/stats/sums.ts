import { requireFinite } from "./estimate.ts";

/**
 * Mergeable sufficient statistics of one metric in one arm: sums over *units* i of the unit's totals. N is the
 * unit's denominator (its traces, say; always 1 for a per-unit mean) and S its numerator.
 *
 * | field | sum |
 * |---|---|
 * | k | number of units |
 * | n, s | ΣN, ΣS |
 * | nn, ss, ns | ΣN², ΣS², ΣN·S |
 *
 * Everything the report needs is a function of these, so cells merge over days, shards and buckets by addition.
 */
export interface Sums {
  k: number;
  n: number;
  s: number;
  nn: number;
  ss: number;
  ns: number;
}

/** As {@link Sums}, plus one pre-exposure covariate total X per unit: ΣX, ΣX², ΣS·X, ΣN·X. */
export interface CovariateSums extends Sums {
  x: number;
  xx: number;
  sx: number;
  nx: number;
}

/** As {@link CovariateSums}, for a covariate that is itself a ratio X/D: ΣD, ΣD², ΣS·D, ΣN·D, ΣX·D. */
export interface RatioCovariateSums extends CovariateSums {
  d: number;
  dd: number;
  sd: number;
  nd: number;
  xd: number;
}

/**
 * The sums of one unit with denominator n (default 1) and numerator s.
 * @throws RangeError for NaN and infinities, here and in the two below.
 */
export function unitSums(s: number, n = 1): Sums {
  requireFinite("s", s);
  requireFinite("n", n);
  return { k: 1, n, s, nn: n * n, ss: s * s, ns: n * s };
}

/** The sums of one unit that also has a covariate total x. */
export function unitCovariateSums(unit: { s: number; n?: number; x: number }): CovariateSums {
  const { s, x, n = 1 } = unit;
  requireFinite("x", x);
  return { ...unitSums(s, n), x, xx: x * x, sx: s * x, nx: n * x };
}

/** The sums of one unit whose covariate is the ratio x/d. */
export function unitRatioCovariateSums(unit: {
  s: number;
  n: number;
  x: number;
  d: number;
}): RatioCovariateSums {
  const { s, n, x, d } = unit;
  requireFinite("d", d);
  return { ...unitCovariateSums(unit), d, dd: d * d, sd: s * d, nd: n * d, xd: x * d };
}

const noSums: Sums = { k: 0, n: 0, s: 0, nn: 0, ss: 0, ns: 0 };

/** Adds sums field by field. Merging nothing gives the sums of no units. */
export function mergeSums(parts: readonly Sums[]): Sums {
  return addFields(noSums, parts);
}

/** {@link mergeSums} for sums with a covariate. */
export function mergeCovariateSums(parts: readonly CovariateSums[]): CovariateSums {
  return addFields({ ...noSums, x: 0, xx: 0, sx: 0, nx: 0 }, parts);
}

/** {@link mergeSums} for sums with a ratio covariate. */
export function mergeRatioCovariateSums(parts: readonly RatioCovariateSums[]): RatioCovariateSums {
  const none = { ...noSums, x: 0, xx: 0, sx: 0, nx: 0, d: 0, dd: 0, sd: 0, nd: 0, xd: 0 };
  return addFields(none, parts);
}

function addFields<T extends { [K in keyof T]: number }>(zero: T, parts: readonly T[]): T {
  const total = { ...zero };
  const fields = Object.keys(zero) as (keyof T)[];
  for (const part of parts)
    for (const field of fields) total[field] = (total[field] + part[field]) as T[keyof T];
  return total;
}
