import { boundaryMultiplier, logEValue, logOneSidedEValue, oneSidedMultiplier } from "./boundary.ts";
import { type Interval, requireFinite, requirePositive } from "./estimate.ts";

export interface ConfidenceSequencePoint extends Interval {
  /** Half-width in standard errors, to be reused for the relative (Fieller) interval. */
  multiplier: number;
  /** x = τ²/SE². */
  informationRatio: number;
  /** ln of the e-value against the null value. */
  logEValue: number;
  /** min(1, 1/E) at this look; combine looks with {@link runningAnytimeP}. */
  p: number;
}

/**
 * One look at the two-sided anytime-valid interval D ± m(x)·SE: the chance that it *ever* excludes the true effect
 * is at most alpha, however often it is looked at.
 *
 * @param estimate D, and standardError SE, in the metric's unit (absolute difference, not lift)
 * @param tau mixing standard deviation in the same unit, from `mixingScale`, frozen at launch
 * @throws RangeError unless estimate and tau are finite, standardError > 0, tau > 0, 0 < alpha < 1
 *
 * Exact for estimates with independent increments in information, asymptotic for the rest (AsympCS,
 * arXiv 2103.06476 Thm 2.2); for clustered ratios it is checked by simulation (`simulation.test.ts`).
 */
export function confidenceSequence(input: {
  estimate: number;
  standardError: number;
  tau: number;
  alpha: number;
  nullValue?: number;
}): ConfidenceSequencePoint {
  const { estimate, standardError, tau, alpha, nullValue = 0 } = input;
  requireFinite("estimate", estimate);
  requirePositive("standardError", standardError);
  requirePositive("tau", requireFinite("tau", tau));
  const x = (tau / standardError) ** 2;
  const multiplier = boundaryMultiplier(x, alpha);
  const logE = logEValue((estimate - nullValue) / standardError, x);
  return {
    lower: estimate - multiplier * standardError,
    upper: estimate + multiplier * standardError,
    multiplier,
    informationRatio: x,
    logEValue: logE,
    p: anytimeP(logE),
  };
}

/**
 * One look at a one-sided anytime-valid bound. `direction: "lower"` bounds the effect from below (upper is
 * Infinity), for "not worse than"; `"upper"` from above. Exact, by bisection of E⁺ = 1/α. Parameters and errors as
 * {@link confidenceSequence}.
 */
export function oneSidedConfidenceSequence(input: {
  estimate: number;
  standardError: number;
  tau: number;
  alpha: number;
  direction: "lower" | "upper";
  nullValue?: number;
}): ConfidenceSequencePoint {
  const { estimate, standardError, tau, alpha, direction, nullValue = 0 } = input;
  requireFinite("estimate", estimate);
  requirePositive("standardError", standardError);
  requirePositive("tau", requireFinite("tau", tau));
  const x = (tau / standardError) ** 2;
  const multiplier = oneSidedMultiplier(x, alpha);
  const sign = direction === "lower" ? 1 : -1;
  const logE = logOneSidedEValue((sign * (estimate - nullValue)) / standardError, x);
  return {
    lower: direction === "lower" ? estimate - multiplier * standardError : Number.NEGATIVE_INFINITY,
    upper: direction === "upper" ? estimate + multiplier * standardError : Number.POSITIVE_INFINITY,
    multiplier,
    informationRatio: x,
    logEValue: logE,
    p: anytimeP(logE),
  };
}

/** min(1, 1/E). */
export function anytimeP(logE: number): number {
  return Math.min(1, Math.exp(-logE));
}

/** The anytime-valid p-value over looks: the smallest min(1, 1/E) so far. 1 before the first look. */
export function runningAnytimeP(logEValues: readonly number[]): number {
  return logEValues.reduce((p, logE) => Math.min(p, anytimeP(logE)), 1);
}
