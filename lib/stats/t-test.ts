import { tCdf, tQuantile } from "./distributions.ts";
import { type Interval, requireProbability } from "./estimate.ts";

export type Alternative = "two-sided" | "greater" | "less";

export interface TestResult extends Interval {
  statistic: number;
  p: number;
}

/**
 * Fixed-horizon test of an estimate against `nullValue` with Student's t, and the matching interval (one-sided
 * alternatives give a half-open one). Valid only if looked at once, at the planned end; `degreesOfFreedom` may
 * be Infinity for the normal approximation. Welch 1947; GrowthBook `frequentist/tests.py`.
 * @throws RangeError unless 0 < alpha < 1.
 */
export function tTest(input: {
  estimate: number;
  standardError: number;
  degreesOfFreedom: number;
  alpha: number;
  alternative?: Alternative;
  nullValue?: number;
}): TestResult {
  const {
    estimate,
    standardError,
    degreesOfFreedom,
    alpha,
    alternative = "two-sided",
    nullValue = 0,
  } = input;
  requireProbability("alpha", alpha);
  const statistic = (estimate - nullValue) / standardError;
  const tail = alternative === "two-sided" ? alpha / 2 : alpha;
  const width = -tQuantile(tail, degreesOfFreedom) * standardError;
  return {
    statistic,
    p: pValue(statistic, degreesOfFreedom, alternative),
    lower: alternative === "less" ? Number.NEGATIVE_INFINITY : estimate - width,
    upper: alternative === "greater" ? Number.POSITIVE_INFINITY : estimate + width,
  };
}

function pValue(t: number, df: number, alternative: Alternative): number {
  if (alternative === "greater") return tCdf(-t, df);
  if (alternative === "less") return tCdf(t, df);
  return Math.min(1, 2 * tCdf(-Math.abs(t), df));
}
