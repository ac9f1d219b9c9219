import { type Estimate, notEstimable, requireProbability } from "./estimate.ts";
import { interpolate, type LogHistogram } from "./log-histogram.ts";

/**
 * Delete-a-group jackknife variance of an estimate from its B leave-one-group-out values:
 * (B−1)/B · Σ(q̂₍₋b₎ − q̄)². Groups must be hashed from units, so clusters stay whole. Over single units of a mean it
 * equals s²/K exactly. Source: Kott 2001, "The delete-a-group jackknife".
 */
export function jackknifeVariance(leaveOneOut: readonly number[]): number {
  const b = leaveOneOut.length;
  const mean = leaveOneOut.reduce((sum, value) => sum + value, 0) / b;
  return ((b - 1) / b) * leaveOneOut.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/**
 * A quantile with its cluster-robust variance, from one log histogram per jackknife group (100 groups, by
 * `jackknifeBucket`). Works for any clustering, because whole units leave together.
 *
 * @param groups histograms of the metric's events, one per group; empty ones are ignored
 * @param level quantile level ν in (0, 1)
 * @param units number of units in the arm
 *
 * Not estimable: too_few_observations (n ≤ 4ν/(1−ν) or its mirror image, or fewer than 10 groups),
 * quantile_on_atom (many values in the quantile's bucket, next to none around it, e.g. a timeout: report the rate
 * instead), no_variation.
 */
export function jackknifeQuantile(input: {
  groups: readonly LogHistogram[];
  level: number;
  units: number;
}): Estimate {
  const { level, units } = input;
  requireProbability("level", level);
  const groups = input.groups.filter((group) => group.size > 0);
  const keys = [...new Set(groups.flatMap((group) => [...group.keys()]))].sort((a, b) => a - b);
  const position = new Map(keys.map((key, i) => [key, i]));
  const total = new Float64Array(keys.length);
  const dense = groups.map((group) => {
    const counts = new Float64Array(keys.length);
    for (const [key, count] of group) counts[position.get(key)!] = count;
    for (let i = 0; i < counts.length; i++) total[i]! += counts[i]!;
    return counts;
  });
  const n = sum(total);
  const odds = Math.max(level / (1 - level), (1 - level) / level);
  if (groups.length < 10 || n <= 4 * odds) return notEstimable("too_few_observations");
  const full = locate(total, null, n, level);
  if (isAtom(keys, total, n, full.index)) return notEstimable("quantile_on_atom");
  const leaveOneOut = dense.map((counts) => {
    const place = locate(total, counts, n - sum(counts), level);
    return interpolate(keys[place.index]!, place.fraction);
  });
  const variance = jackknifeVariance(leaveOneOut);
  if (!(variance > 0)) return notEstimable("no_variation");
  return { status: "ok", estimate: interpolate(keys[full.index]!, full.fraction), variance, units };
}

function locate(total: Float64Array, removed: Float64Array | null, n: number, level: number) {
  const rank = level * n;
  let below = 0;
  let index = 0;
  for (let i = 0; i < total.length; i++) {
    const here = total[i]! - (removed?.[i] ?? 0);
    if (here <= 0) continue;
    index = i;
    if (below + here >= rank) return { index, fraction: (rank - below) / here };
    below += here;
  }
  return { index, fraction: 1 };
}

// A smooth density spreads over neighboring 2 % buckets; ten times their mean is a spike, not a slope.
function isAtom(keys: readonly number[], total: Float64Array, n: number, index: number): boolean {
  const here = total[index]!;
  if (here < 20 || here < 0.002 * n) return false;
  let around = 0;
  for (let i = Math.max(0, index - 2); i <= Math.min(keys.length - 1, index + 2); i++) {
    if (i !== index && Math.abs(keys[i]! - keys[index]!) <= 2) around += total[i]!;
  }
  return here > 10 * (1 + around / 4);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
