import type { RandomStream } from "#lib/stats/random.ts";
import type { Sums } from "#lib/stats/sums.ts";
import { sumsArm } from "./cell.ts";
import type { Scenario } from "./scenario.ts";

/** Two arms of units with one trace each, which fails at a low rate; each look brings `perLook` more per arm. */
export function rareOutcomes(input: { looks: number; perLook: number; rate: number }): Scenario["simulate"] {
  const { looks, perLook, rate } = input;
  return function* (random, effects) {
    const rates = [rate, ...effects.map((effect) => rate + effect)];
    const successes = rates.map(() => 0);
    for (let look = 1; look <= looks; look++) {
      for (const [i, each] of rates.entries()) successes[i]! += binomial(random, perLook, each);
      const trials = look * perLook;
      yield (index, level) => {
        const s = successes[index === 0 ? 0 : level + 1]!;
        const sums: Sums = { k: trials, n: trials, s, nn: trials, ss: s, ns: s };
        return sumsArm(trials, sums, s, { positiveUnits: s });
      };
    }
  };
}

/** Jumps from success to success by geometric gaps, so that its cost is in successes, not trials. */
function binomial(random: RandomStream, trials: number, p: number): number {
  if (p <= 0) return 0;
  const base = Math.log1p(-p);
  let successes = -1;
  for (let at = -1; at < trials; successes++) at += 1 + Math.floor(Math.log(1 - random.uniform()) / base);
  return successes;
}
