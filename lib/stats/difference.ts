import { type Estimate, type NotEstimable, notEstimable } from "./estimate.ts";

export interface DifferenceOk {
  status: "ok";
  /** b − a in the metric's unit, or the relative lift (b − a)/a as a fraction. */
  estimate: number;
  variance: number;
  standardError: number;
  /** Welch–Satterthwaite degrees of freedom. */
  degreesOfFreedom: number;
  /** Units of both arms. */
  units: number;
}

export type Difference = DifferenceOk | NotEstimable;

/** Treatment b minus baseline a, for independent arms. Not estimable when either arm is not. */
export function difference(a: Estimate, b: Estimate): Difference {
  if (a.status !== "ok") return a;
  if (b.status !== "ok") return b;
  return {
    status: "ok",
    estimate: b.estimate - a.estimate,
    ...spread(a.variance + b.variance),
    degreesOfFreedom: welchDegreesOfFreedom(a.variance, a.units, b.variance, b.units),
    units: a.units + b.units,
  };
}

/**
 * Relative lift (b − a)/a with the delta-method variance V_b/a² + V_a·b²/a⁴ (GrowthBook `frequentist_variance`).
 * Kept for parity: it can contradict the absolute test on the same data. Reports use `fiellerLift`.
 * Not estimable: either arm is not, or baseline_zero.
 */
export function relativeDifference(a: Estimate, b: Estimate): Difference {
  if (a.status !== "ok") return a;
  if (b.status !== "ok") return b;
  if (a.estimate === 0) return notEstimable("baseline_zero");
  const lift = (b.estimate - a.estimate) / a.estimate;
  const ratio = b.estimate / a.estimate;
  return {
    status: "ok",
    estimate: lift,
    ...spread((b.variance + a.variance * ratio * ratio) / (a.estimate * a.estimate)),
    degreesOfFreedom: welchDegreesOfFreedom(a.variance, a.units, b.variance, b.units),
    units: a.units + b.units,
  };
}

/** (V_a+V_b)² / (V_a²/(K_a−1) + V_b²/(K_b−1)), V the variance of each arm's mean (Welch 1947). */
export function welchDegreesOfFreedom(va: number, ka: number, vb: number, kb: number): number {
  return (va + vb) ** 2 / (va ** 2 / (ka - 1) + vb ** 2 / (kb - 1));
}

function spread(variance: number) {
  return { variance, standardError: Math.sqrt(variance) };
}
