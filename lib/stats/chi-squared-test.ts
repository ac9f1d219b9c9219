import { chiSquaredTail } from "./distributions.ts";

export interface ChiSquaredResult {
  statistic: number;
  degreesOfFreedom: number;
  p: number;
}

/**
 * Pearson's goodness-of-fit test of counts against weights (any positive scale): X² = Σ(O − E)²/E.
 * Right for one look only: recomputed at every refresh it fires far too often, so health checks use
 * `sampleRatioTest`.
 * @throws RangeError when lengths differ, fewer than two cells, or a weight is not positive.
 */
export function chiSquaredTest(observed: readonly number[], weights: readonly number[]): ChiSquaredResult {
  if (observed.length !== weights.length || observed.length < 2) {
    throw new RangeError("a goodness-of-fit test needs one weight per cell, and two cells");
  }
  if (weights.some((weight) => !(weight > 0))) throw new RangeError("weights must be positive");
  const total = observed.reduce((sum, count) => sum + count, 0);
  const scale = total / weights.reduce((sum, weight) => sum + weight, 0);
  const statistic =
    total === 0
      ? 0
      : observed.reduce((sum, o, i) => sum + (o - weights[i]! * scale) ** 2 / (weights[i]! * scale), 0);
  const degreesOfFreedom = observed.length - 1;
  return { statistic, degreesOfFreedom, p: chiSquaredTail(statistic, degreesOfFreedom) };
}
