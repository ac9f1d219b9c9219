import { bisect } from "./bisect.ts";
import {
  boundaryMultiplier,
  logEValue,
  oneSidedMultiplierClosedForm,
  optimalInformation,
} from "./boundary.ts";
import { anytimeP } from "./confidence-sequence.ts";
import { type Interval, requirePositive } from "./estimate.ts";
import type { Alternative } from "./t-test.ts";

export interface GrowthBookSequential extends Interval {
  p: number;
  multiplier: number;
  informationRatio: number;
}

/**
 * GrowthBook's sequential interval, for reading its reports and vectors: the boundary of `boundary.ts` with
 * x = nρ², ρ² = x*(α)/N* (x*(2α) when one-sided), n the units of both arms. Our own reports use information time.
 *
 * One-sided p is the α at which the closed-form bound touches 0 at fixed ρ, clipped to [1e-5, .4999] as there.
 * Source: `packages/stats/gbstats/frequentist/tests.py` (SequentialTTest and its one-sided forms).
 * @throws RangeError unless n, tuningParameter and standardError are positive, 0 < alpha < 1 (< .5 one-sided).
 */
export function growthBookSequential(input: {
  estimate: number;
  standardError: number;
  n: number;
  alpha: number;
  tuningParameter?: number;
  alternative?: Alternative;
}): GrowthBookSequential {
  const { estimate, standardError, n, alpha, tuningParameter = 5000, alternative = "two-sided" } = input;
  requirePositive("n", n);
  requirePositive("tuningParameter", tuningParameter);
  requirePositive("standardError", standardError);
  const z = estimate / standardError;
  if (alternative === "two-sided") {
    const x = (n * optimalInformation(alpha)) / tuningParameter;
    const multiplier = boundaryMultiplier(x, alpha);
    const width = multiplier * standardError;
    const p = anytimeP(logEValue(z, x));
    return { lower: estimate - width, upper: estimate + width, p, multiplier, informationRatio: x };
  }
  if (!(alpha < 0.5)) throw new RangeError(`a one-sided sequential test needs alpha < .5, got ${alpha}`);
  const x = (n * optimalInformation(2 * alpha)) / tuningParameter;
  const multiplier = oneSidedMultiplierClosedForm(x, alpha);
  const width = multiplier * standardError;
  const isGreater = alternative === "greater";
  return {
    lower: isGreater ? estimate - width : Number.NEGATIVE_INFINITY,
    upper: isGreater ? Number.POSITIVE_INFINITY : estimate + width,
    p: oneSidedP(isGreater ? z : -z, x),
    multiplier,
    informationRatio: x,
  };
}

function oneSidedP(z: number, x: number): number {
  const rejects = (alpha: number) => z > oneSidedMultiplierClosedForm(x, alpha);
  if (rejects(1e-5)) return 1e-5;
  if (!rejects(0.4999)) return 0.4999;
  return bisect(1e-5, 0.4999, rejects);
}
