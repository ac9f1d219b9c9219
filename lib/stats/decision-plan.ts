import { boundaryMultiplier, mixingScale, optimalInformation } from "./boundary.ts";
import { normalQuantile } from "./distributions.ts";
import { fixedHorizonUnits } from "./power.ts";

export interface DecisionPlan {
  /** τ to freeze at launch. */
  tau: number;
  /** Standard error at which one look has the wanted power: MDE/(m(x*) + z_power). */
  targetStandardError: number;
  /** Units of all arms for a fixed-horizon test that is looked at once. */
  fixedUnits: number;
  /** Mean stopping time of the anytime test when the effect equals the MDE. */
  likelyUnits: number;
  /** Where one look at the anytime interval has the wanted power. */
  oneLookUnits: number;
  /** Nearly nine in ten tests with an effect of the MDE have stopped by here. */
  latestUnits: number;
}

/**
 * How long an anytime-valid test will take. With τ = κ·MDE the look with the wanted power needs 1.915 times the
 * fixed-horizon units (α = .05, power .8), but stopping early brings the mean down to 1.18 times, found by
 * simulation (`bench abstats`: 2000 tests of 180 looks, followed to 3 times the fixed-horizon units). Parameters and
 * errors as `fixedHorizonUnits`.
 */
export function planDecision(input: {
  mde: number;
  alpha: number;
  power: number;
  varianceA: number;
  varianceB?: number;
  shareA?: number;
  shareB?: number;
}): DecisionPlan {
  const { mde, alpha, power } = input;
  const fixedUnits = fixedHorizonUnits(input);
  const zPower = normalQuantile(power);
  const tuned = boundaryMultiplier(optimalInformation(alpha), alpha) + zPower;
  const fixed = zPower - normalQuantile(alpha / 2);
  return {
    tau: mixingScale(mde, alpha),
    targetStandardError: mde / tuned,
    fixedUnits,
    likelyUnits: 1.18 * fixedUnits,
    oneLookUnits: (tuned / fixed) ** 2 * fixedUnits,
    latestUnits: 2 * fixedUnits,
  };
}
