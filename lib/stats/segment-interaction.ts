import type { Difference, DifferenceOk } from "./difference.ts";
import { chiSquaredTail } from "./distributions.ts";
import { type NotEstimable, notEstimable } from "./estimate.ts";

export type SegmentInteraction =
  | { status: "ok"; statistic: number; degreesOfFreedom: number; p: number; commonEffect: number }
  | NotEstimable;

/**
 * Whether the effect differs between segments: Q = Σ(D_s − D̄)²/SE_s² with D̄ the precision-weighted mean, χ² with
 * S − 1 degrees of freedom (Cochran 1954). A fixed-sample test, exploratory: valid if looked at once.
 * Segments that are not estimable are left out. Not estimable: too_few_units (fewer than two remain).
 */
export function segmentInteraction(segments: readonly Difference[]): SegmentInteraction {
  const effects = segments.filter((segment): segment is DifferenceOk => segment.status === "ok");
  if (effects.length < 2) return notEstimable("too_few_units");
  const precision = effects.reduce((sum, { variance }) => sum + 1 / variance, 0);
  const commonEffect =
    effects.reduce((sum, { estimate, variance }) => sum + estimate / variance, 0) / precision;
  const statistic = effects.reduce(
    (sum, { estimate, variance }) => sum + (estimate - commonEffect) ** 2 / variance,
    0,
  );
  const degreesOfFreedom = effects.length - 1;
  return {
    status: "ok",
    statistic,
    degreesOfFreedom,
    p: chiSquaredTail(statistic, degreesOfFreedom),
    commonEffect,
  };
}
