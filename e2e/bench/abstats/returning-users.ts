import { mergeSums } from "#lib/stats/sums.ts";
import { replaceUnit, sumsArm, transformed } from "./cell.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Users who keep coming back, one look a day. Each has its own level (variance `icc` of a total of 1) and its own
 * activity: 1.3 traces a day on average, some five times more active than others. The treatment shifts every trace.
 */
export function returningUsers(input: {
  days: number;
  newPerDay: number;
  arms: number;
  icc: number;
  isOnlyFirstDay?: boolean;
}): Scenario["simulate"] {
  const { days, newPerDay, icc, isOnlyFirstDay = false } = input;
  const [ownSpread, traceSpread] = [Math.sqrt(icc), Math.sqrt(1 - icc)];
  return function* (random, effects) {
    const arms = Array.from({ length: input.arms }, () => ({
      units: 0,
      sums: mergeSums([]),
      traceSquares: 0,
    }));
    const users: { arm: number; own: number; activity: number; n: number; s: number }[] = [];
    const after = { n: 0, s: 0 };
    for (let day = 0; day < days; day++) {
      for (let i = 0; i < newPerDay && !(isOnlyFirstDay && day > 0); i++) {
        const arm = random.integer(input.arms);
        arms[arm]!.units += 1;
        const activity = 1.3 * Math.exp(0.5 * random.normal() - 0.125);
        users.push({ arm, own: ownSpread * random.normal(), activity, n: 0, s: 0 });
      }
      for (const user of users) {
        const traces = random.poisson(user.activity);
        if (traces === 0) continue;
        const arm = arms[user.arm]!;
        after.n = user.n + traces;
        after.s = user.s;
        for (let t = 0; t < traces; t++) {
          const value = user.own + traceSpread * random.normal();
          after.s += value;
          arm.traceSquares += value * value;
        }
        replaceUnit(arm.sums, user, after);
        user.n = after.n;
        user.s = after.s;
      }
      yield (index, level) => {
        const { units, sums, traceSquares } = arms[index]!;
        const shift = index === arms.length - 1 ? effects[level]! : 0;
        const moved = transformed(sums, traceSquares, 1, shift);
        return sumsArm(units, moved.sums, moved.traceSquares);
      };
    }
  };
}
