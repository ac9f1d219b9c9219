/*
 * Adjusted p-values of a family, each in the order of the input; reject those at most alpha (or q). For fixed-horizon
 * p-values; anytime-valid families use Bonferroni's alpha and e-BH. Same definitions as R's `p.adjust` and `multtest`.
 */

/** Family-wise error, any dependence: m·p. Also valid for anytime p-values. */
export function bonferroni(p: readonly number[]): number[] {
  return p.map((value) => Math.min(1, value * p.length));
}

/** Family-wise error, independent tests: 1 − (1 − p)^m. */
export function sidak(p: readonly number[]): number[] {
  return p.map((value) => -Math.expm1(p.length * Math.log1p(-value)));
}

/** Family-wise error, any dependence, uniformly better than Bonferroni (Holm 1979). */
export function holm(p: readonly number[]): number[] {
  return stepDown(p, (value, rank, m) => Math.min(1, value * (m - rank)));
}

/** Family-wise error, independent tests, step-down Šidák. */
export function holmSidak(p: readonly number[]): number[] {
  return stepDown(p, (value, rank, m) => -Math.expm1((m - rank) * Math.log1p(-value)));
}

/** Family-wise error, independent or positively dependent tests (Hochberg 1988). */
export function hochberg(p: readonly number[]): number[] {
  return stepUp(p, (value, rank, m) => value * (m - rank));
}

/** False discovery rate, independent or positively dependent tests (Benjamini & Hochberg 1995). */
export function benjaminiHochberg(p: readonly number[]): number[] {
  return stepUp(p, (value, rank, m) => (value * m) / (rank + 1));
}

/** False discovery rate, any dependence (Benjamini & Yekutieli 2001). */
export function benjaminiYekutieli(p: readonly number[]): number[] {
  const harmonic = p.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return stepUp(p, (value, rank, m) => (value * m * harmonic) / (rank + 1));
}

type Factor = (value: number, rank: number, m: number) => number;

function stepDown(p: readonly number[], adjust: Factor): number[] {
  const adjusted = new Array<number>(p.length);
  let largest = 0;
  for (const [rank, index] of ranking(p).entries()) {
    largest = Math.max(largest, adjust(p[index]!, rank, p.length));
    adjusted[index] = largest;
  }
  return adjusted;
}

function stepUp(p: readonly number[], adjust: Factor): number[] {
  const adjusted = new Array<number>(p.length);
  let smallest = 1;
  const order = ranking(p);
  for (let rank = p.length - 1; rank >= 0; rank--) {
    const index = order[rank]!;
    smallest = Math.min(smallest, adjust(p[index]!, rank, p.length));
    adjusted[index] = smallest;
  }
  return adjusted;
}

function ranking(p: readonly number[]): number[] {
  return p.map((_, i) => i).sort((i, j) => p[i]! - p[j]!);
}
