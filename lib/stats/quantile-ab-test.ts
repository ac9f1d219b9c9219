import { type NotEstimable, notEstimable, requireProbability } from "./estimate.ts";
import { betaBinomialMixture } from "./mixture.ts";

/**
 * Two-sided sequential test that two populations share the same p-quantile, for independent observations:
 * anytime-valid p-value. Clustered events need the jackknife instead; this is the exact oracle for the iid case.
 *
 * The statistic is the smallest product, over common quantile values x, of both arms' beta-binomial martingales.
 * @param tOpt observations per arm at which the test is most powerful
 * Not estimable: no_units (an arm is empty).
 * Source: Howard & Ramdas 2022, arXiv 1906.09712, Thm 5; `confseq.quantile_ab_p_value`.
 */
export function quantileAbTest(input: {
  a: readonly number[];
  b: readonly number[];
  quantile: number;
  tOpt: number;
  alphaOpt?: number;
}): { status: "ok"; p: number } | NotEstimable {
  const { a, b, quantile, tOpt, alphaOpt = 0.05 } = input;
  requireProbability("quantile", quantile);
  if (a.length === 0 || b.length === 0) return notEstimable("no_units");
  const variance = quantile * (1 - quantile);
  const mixture = betaBinomialMixture({
    vOpt: tOpt * variance,
    g: quantile,
    h: 1 - quantile,
    alphaOpt,
    isOneSided: false,
  });
  const arms = [a, b].map((values) => {
    const sorted = Float64Array.from(values).sort();
    const evidence = (share: number) =>
      mixture.logMartingale((share - quantile) * sorted.length, variance * sorted.length);
    return armEvidence(sorted, minimizer(evidence), evidence);
  });
  const candidates = arms.flatMap((arm) => [...arm.sorted, arm.start, arm.end]);
  const smallest = candidates.reduce(
    (least, x) => Math.min(least, arms[0]!.at(x) + arms[1]!.at(x)),
    Number.POSITIVE_INFINITY,
  );
  return { status: "ok", p: Math.min(1, Math.exp(-smallest)) };
}

/** Evidence against "x is my quantile": zero slope between the order statistics that straddle the best share. */
function armEvidence(sorted: Float64Array, best: number, evidence: (share: number) => number) {
  const n = sorted.length;
  const start = sorted[Math.max(0, Math.ceil(best * n) - 1)]!;
  const end = sorted[Math.min(n - 1, Math.floor(best * n))]!;
  const at = (x: number) => {
    if (x < start) return evidence(countBelow(sorted, x, true) / n);
    if (x > end) return evidence(countBelow(sorted, x, false) / n);
    return evidence(best);
  };
  return { sorted, start, end, at };
}

function countBelow(sorted: Float64Array, x: number, includesEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid]! < x || (includesEqual && sorted[mid]! === x)) low = mid + 1;
    else high = mid;
  }
  return low;
}

function minimizer(f: (x: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, 1];
  for (let i = 0; i < 100; i++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (f(left) < f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
