import { normalQuantile } from "#lib/stats/distributions.ts";
import { type Estimate, notEstimable } from "#lib/stats/estimate.ts";
import { jackknifeBuckets } from "#lib/stats/jackknife-bucket.ts";
import {
  bucketOf,
  interpolatedQuantile,
  type LogHistogram,
  mergeHistograms,
} from "#lib/stats/log-histogram.ts";
import { orderStatisticQuantile } from "#lib/stats/order-statistic-quantile.ts";
import { mergeSums } from "#lib/stats/sums.ts";
import { replaceUnit } from "./cell.ts";
import type { Scenario, SimulatedArm } from "./scenario.ts";

/**
 * Latencies of users who keep coming back (0.8 traces a day each), one look a day. ln latency has a part of the
 * user's own and one of the trace's; the median is 1000 ms. The treatment multiplies every latency.
 */
export function returningLatencies(input: {
  days: number;
  newPerDay: number;
  level: number;
  spread: { own: number; trace: number };
}): Scenario["simulate"] {
  const { days, newPerDay, level, spread } = input;
  return function* (random, effects) {
    const arms = [[1], effects.map((effect) => 1 + effect)].map((factors) => ({
      units: 0,
      factors,
      sums: mergeSums([]),
      groups: factors.map(() => Array.from({ length: jackknifeBuckets }, () => new Map<number, number>())),
    }));
    const users: { arm: number; own: number; group: number; n: number; s: number }[] = [];
    const after = { n: 0, s: 0 };
    for (let day = 0; day < days; day++) {
      for (let i = 0; i < newPerDay; i++) {
        const arm = random.integer(2);
        arms[arm]!.units += 1;
        const group = random.integer(jackknifeBuckets);
        users.push({ arm, own: 1000 * Math.exp(spread.own * random.normal()), group, n: 0, s: 0 });
      }
      for (const user of users) {
        const traces = random.poisson(0.8);
        const arm = arms[user.arm]!;
        for (let t = 0; t < traces; t++) {
          const value = user.own * Math.exp(spread.trace * random.normal());
          for (const [i, factor] of arm.factors.entries()) {
            const histogram = arm.groups[i]![user.group]!;
            const key = bucketOf(factor * value);
            histogram.set(key, (histogram.get(key) ?? 0) + 1);
          }
        }
        if (traces === 0) continue;
        after.n = user.n + traces;
        replaceUnit(arm.sums, user, after);
        user.n = after.n;
      }
      yield (index, effect): SimulatedArm => {
        const { units, sums, groups } = arms[index]!;
        const histograms = groups[index === 0 ? 0 : effect]!;
        return {
          units,
          cell: { sums: { ...sums }, positiveUnits: 0, isBinary: false, histograms },
          perTrace: () => independentQuantile(histograms, level),
        };
      };
    }
  };
}

function independentQuantile(groups: readonly LogHistogram[], level: number): Estimate {
  const all = mergeHistograms(groups);
  const at = (share: number) => interpolatedQuantile(all, Math.min(1 - 1e-9, Math.max(1e-9, share)));
  const middle = at(level);
  if (middle.status !== "ok") return middle;
  const reach = -normalQuantile(0.025) * Math.sqrt((level * (1 - level)) / middle.count);
  const [lower, upper] = [at(level - reach), at(level + reach)];
  if (lower.status !== "ok" || upper.status !== "ok") return notEstimable("too_few_observations");
  return orderStatisticQuantile({
    level,
    events: middle.count,
    quantile: middle.value,
    lower: lower.value,
    upper: upper.value,
  });
}
