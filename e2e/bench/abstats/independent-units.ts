import type { RandomStream } from "#lib/stats/random.ts";
import { mergeSums } from "#lib/stats/sums.ts";
import { replaceUnit, sumsArm, transformed } from "./cell.ts";
import type { Scenario } from "./scenario.ts";

/** Collects the values of one unit's traces. */
export interface UnitDraw {
  add(value: number): void;
}

/** Two arms of units that come once; each look brings `perLook` more per arm. */
export function independentUnits(input: {
  looks: number;
  perLook: number;
  effect: "additive" | "multiplicative";
  draw: (random: RandomStream, unit: UnitDraw) => void;
}): Scenario["simulate"] {
  const { looks, perLook, effect, draw } = input;
  const none = { n: 0, s: 0 };
  return function* (random, effects) {
    const arms = [0, 1].map(() => ({ sums: mergeSums([]), traceSquares: 0 }));
    const unit = {
      n: 0,
      s: 0,
      squares: 0,
      add(value: number) {
        this.n += 1;
        this.s += value;
        this.squares += value * value;
      },
    };
    for (let look = 1; look <= looks; look++) {
      for (const arm of arms) {
        for (let i = 0; i < perLook; i++) {
          unit.n = unit.s = unit.squares = 0;
          draw(random, unit);
          replaceUnit(arm.sums, none, unit);
          arm.traceSquares += unit.squares;
        }
      }
      yield (index, level) => {
        const { sums, traceSquares } = arms[index]!;
        const size = index === 0 ? 0 : effects[level]!;
        const [factor, shift] = effect === "additive" ? [1, size] : [1 + size, 0];
        const moved = transformed(sums, traceSquares, factor, shift);
        return sumsArm(look * perLook, moved.sums, moved.traceSquares);
      };
    }
  };
}
