import type { Difference } from "./difference.ts";
import { notEstimable } from "./estimate.ts";

/**
 * One difference from several phases, each with its own constant split: D = Σω_pD_p, SE² = Σω_p²SE_p², ω_p ∝ units.
 * Pooling raw sums over phases instead would mix the change of split with the effect (Simpson's paradox).
 * Phases that are not estimable carry no weight. Not estimable: no_units (no phase is estimable).
 */
export function combinePhases(phases: readonly Difference[]): Difference {
  const estimable = phases.filter((phase) => phase.status === "ok");
  const units = estimable.reduce((sum, phase) => sum + phase.units, 0);
  if (units === 0) return notEstimable("no_units");
  let estimate = 0;
  let variance = 0;
  let spread = 0;
  for (const phase of estimable) {
    const weight = phase.units / units;
    const part = weight * weight * phase.variance;
    estimate += weight * phase.estimate;
    variance += part;
    spread += (part * part) / phase.degreesOfFreedom;
  }
  return {
    status: "ok",
    estimate,
    variance,
    standardError: Math.sqrt(variance),
    degreesOfFreedom: (variance * variance) / spread,
    units,
  };
}
