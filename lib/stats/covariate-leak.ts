import { logEValue, optimalInformation } from "./boundary.ts";
import { averageLogE } from "./e-value.ts";
import { type NotEstimable, notEstimable } from "./estimate.ts";
import { sampleVariance } from "./moments.ts";
import type { CovariateSums } from "./sums.ts";

export type CovariateLeak = { status: "ok"; logEValue: number; isDropped: boolean } | NotEstimable;

/**
 * Whether the variant moves a covariate that should be fixed before exposure: then adjusting by it would hide part of
 * the effect, and it must be dropped. An e-test of "no effect on X" for every arm against the first, averaged.
 * @param tau mixing standard deviation for the covariate's difference, in its unit, fixed at launch. Without it a
 *   single-look value is used, tuned to the current standard error.
 * @param limit e-value from which the covariate is dropped (default 20)
 * Not estimable: too_few_units (fewer than two arms, or an arm with fewer than two units), no_covariate_variation.
 */
export function covariateLeak(
  arms: readonly CovariateSums[],
  { tau, limit = 20 }: { tau?: number; limit?: number } = {},
): CovariateLeak {
  const [baseline, ...treatments] = arms;
  if (baseline === undefined || treatments.length === 0 || arms.some(({ k }) => k < 2)) {
    return notEstimable("too_few_units");
  }
  const variance = ({ k, x, xx }: CovariateSums) => sampleVariance(k, x, xx) / k;
  const logs: number[] = [];
  for (const arm of treatments) {
    const squared = variance(arm) + variance(baseline);
    if (!(squared > 0)) return notEstimable("no_covariate_variation");
    const z = (arm.x / arm.k - baseline.x / baseline.k) / Math.sqrt(squared);
    logs.push(logEValue(z, tau === undefined ? optimalInformation(0.05) : (tau * tau) / squared));
  }
  const logE = averageLogE(logs);
  return { status: "ok", logEValue: logE, isDropped: logE >= Math.log(limit) };
}
