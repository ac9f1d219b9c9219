import { additionalDataNeeded } from "#lib/stats/mid-experiment-power.ts";
import type { ComparisonEstimate, Forecast } from "./analysis.ts";
import type { FrozenScale } from "./schema.ts";

const dayMs = 86_400_000;
/** Beyond this a date says nothing. */
const horizonDays = 3650;

/**
 * When a comparison will be decided, for an effect of the MDE, for the effect as it looks now (shrunken by the prior),
 * and for none. Half of the tests with such an effect are decided by `likely`, nine in ten by `latest`. With no effect
 * it is decided when the interval lies within ±MDE: "no difference that matters".
 */
export function forecast(input: {
  estimate: ComparisonEstimate;
  scale: FrozenScale;
  /** Of all variants: so far, and a day. */
  units: number;
  unitsPerDay: number;
  /** Null where no more units will come. */
  from: Date | null;
}): Forecast[] {
  const { estimate, scale, units } = input;
  const standardError = estimate.standardError;
  if (standardError === null || !(standardError > 0)) return [];
  const rule = { kind: "anytime", alpha: estimate.alpha, tau: scale.tau } as const;
  const unitsFor = (effect: number, targetPower: number): number | null => {
    if (effect === 0) return null;
    const more = additionalDataNeeded({ standardError, effect, targetPower, rule });
    return more.status === "ok" ? Math.ceil(more.scale * units) : null;
  };
  const at = (count: number | null): Date | null =>
    count === null || !input.from || !(input.unitsPerDay > 0) || count / input.unitsPerDay > horizonDays
      ? null
      : new Date(input.from.getTime() + (count / input.unitsPerDay) * dayMs);
  const row = (
    effect: Forecast["effect"],
    size: number,
    shown: number,
    powers: [number, number],
  ): Forecast => {
    const [likelyUnits, latestUnits] = powers.map((power) => unitsFor(shown, power)) as [number, number];
    return { effect, size, likelyUnits, latestUnits, likelyAt: at(likelyUnits), latestAt: at(latestUnits) };
  };
  const current = Math.abs(estimate.bayesian?.mean ?? estimate.difference);
  return [
    row("mde", scale.mde, scale.mde, [0.5, 0.9]),
    row("current", estimate.bayesian?.mean ?? estimate.difference, current, [0.5, 0.9]),
    // To lie within ±MDE is to leave both −MDE and +MDE: each side with half of what may go wrong.
    row("none", 0, scale.mde, [0.75, 0.95]),
  ];
}
