/** Why a number cannot be given. Shown to people, so each has one meaning. */
export type NotEstimableReason =
  | "no_units"
  | "too_few_units"
  | "too_few_observations"
  | "zero_denominator"
  | "no_variation"
  | "baseline_zero"
  | "baseline_too_noisy"
  | "no_covariate_variation"
  | "quantile_on_atom"
  | "target_out_of_reach";

export interface NotEstimable {
  status: "not_estimable";
  reason: NotEstimableReason;
}

/**
 * One arm's estimate of a metric, or a difference of two. `variance` is the sampling variance of `estimate`
 * (standard error squared), in the metric's unit squared; `units` counts randomization units.
 */
export interface EstimateOk {
  status: "ok";
  estimate: number;
  variance: number;
  units: number;
}

export type Estimate = EstimateOk | NotEstimable;

export function notEstimable(reason: NotEstimableReason): NotEstimable {
  return { status: "not_estimable", reason };
}

/** An interval; an open side is ±Infinity. */
export interface Interval {
  lower: number;
  upper: number;
}

/** @throws RangeError unless 0 < value < 1. */
export function requireProbability(name: string, value: number): void {
  if (!(value > 0 && value < 1))
    throw new RangeError(`${name} must lie strictly between 0 and 1, got ${value}`);
}

/** @throws RangeError unless value > 0. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${name} must be positive, got ${value}`);
}

/** The value itself. @throws RangeError for NaN and infinities: one would poison every sum it is added to. */
export function requireFinite(name: string, value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`${name} must be a finite number, got ${value}`);
  return value;
}
