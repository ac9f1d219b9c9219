import { expect, it } from "vitest";
import { boundaryMultiplier, optimalInformation } from "./boundary.ts";
import { planDecision } from "./decision-plan.ts";
import { additionalDataNeeded, powerAfter } from "./mid-experiment-power.ts";
import {
  fixedHorizonUnits,
  intervalPower,
  minimumDetectableLift,
  plannedLiftStandardError,
  powerPerMetric,
} from "./power.ts";

const plan = { mean: 10, variance: 3909.9997749994377, unitsPerArm: 400_000 / 3 };

it("one look at a sequential test has the power its own half-width gives, not GrowthBook's planning figure", () => {
  const multiplier = boundaryMultiplier((2 * plan.unitsPerArm * optimalInformation(0.05)) / 5000, 0.05);
  const standardError = plannedLiftStandardError({ ...plan, lift: 0.05 });
  const power = intervalPower({ effect: 0.05, standardError, halfWidth: multiplier * standardError });
  expect(power).toBeCloseTo(0.07206, 5);
  const mde = minimumDetectableLift({ ...plan, power: 0.8, multiplier });
  expect(mde).toEqual({ status: "ok", lift: expect.closeTo(0.11044, 5) });
});

it("a lift no sample of this size can show is not estimable", () => {
  expect(minimumDetectableLift({ ...plan, unitsPerArm: 100, power: 0.8, multiplier: 3 })).toEqual({
    status: "not_estimable",
    reason: "target_out_of_reach",
  });
});

it("a plan is tightest at MDE/3.877, which takes 1.915 times the fixed-horizon units for one look", () => {
  const input = { mde: 0.3, alpha: 0.05, power: 0.8, varianceA: 100 };
  const decision = planDecision(input);
  expect(decision.fixedUnits).toBeCloseTo(34_884, -1);
  expect(input.mde / decision.targetStandardError).toBeCloseTo(3.877, 3);
  expect(decision.oneLookUnits / decision.fixedUnits).toBeCloseTo(1.915, 3);
  expect((decision.tau / decision.targetStandardError) ** 2).toBeCloseTo(optimalInformation(0.05), 3);
  const rule = { kind: "anytime", alpha: 0.05, tau: decision.tau } as const;
  const now = { standardError: decision.targetStandardError, effect: input.mde, rule };
  expect(powerAfter({ ...now, scale: 0 })).toBeCloseTo(0.8, 4);
});

it("more data is needed for less effect, none when there is power already", () => {
  const rule = { kind: "anytime", alpha: 0.05, tau: 0.2 } as const;
  const need = (effect: number) =>
    additionalDataNeeded({ standardError: 0.1, effect, targetPower: 0.8, rule });
  expect(need(1)).toEqual({ status: "ok", scale: 0 });
  const [large, small] = [need(0.3), need(0.1)];
  if (large.status !== "ok" || small.status !== "ok") throw new Error("reachable");
  expect(small.scale).toBeGreaterThan(large.scale);
  expect(powerAfter({ standardError: 0.1, effect: 0.1, rule, scale: small.scale })).toBeCloseTo(0.8, 4);
  expect(need(1e-6)).toEqual({ status: "not_estimable", reason: "target_out_of_reach" });
});

it("uneven splits need more units, and guardrails more power each", () => {
  const input = { mde: 1, alpha: 0.05, power: 0.8, varianceA: 4 };
  expect(fixedHorizonUnits({ ...input, shareA: 0.9 })).toBeGreaterThan(2 * fixedHorizonUnits(input));
  expect(powerPerMetric(0.8, 3)).toBeCloseTo(0.95, 12);
  expect(() => fixedHorizonUnits({ ...input, mde: 0 })).toThrow(RangeError);
});
