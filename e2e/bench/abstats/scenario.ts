import type { Estimate } from "#lib/stats/estimate.ts";
import type { RandomStream } from "#lib/stats/random.ts";
import { independentUnits } from "./independent-units.ts";
import { returningLatencies } from "./latencies.ts";
import type { ArmData } from "./product.ts";
import { rareOutcomes } from "./rare-outcomes.ts";
import { returningUsers } from "./returning-users.ts";

/** Also what a naive dashboard would compute from the same traces: as if each were independent. */
export interface SimulatedArm extends ArmData {
  perTrace(): Estimate;
}

/** What one look sees: the arm of that index, the last one (the treated arm) under the effect of that index. */
export type Snapshot = (arm: number, effect: number) => SimulatedArm;

export interface Scenario {
  name: string;
  metric: string;
  arms: number;
  looks: number;
  /** The look at which a fixed-horizon test of this size would be read, once. */
  plannedLook: number;
  /** False where units do not grow over looks, so that stopping earlier saves no unit. */
  isGrowing?: boolean;
  /** The true difference of the metric per unit of effect. */
  slope: number;
  /** Whether the treatment raises the metric or lowers it. */
  sign: 1 | -1;
  /** The traffic of one test, look by look. `effects` are the sizes the treated arm is simulated under. */
  simulate(random: RandomStream, effects: readonly number[]): Iterable<Snapshot>;
}

const costSpread = 1.5;
const sessionSpread = 0.5;
const latencySpread = { own: 0.4, trace: 0.5 };

/** Quantile of a lognormal latency of median 1000 ms, per unit of relative effect. */
function latencyQuantile(z: number): number {
  return 1000 * Math.exp(z * Math.hypot(latencySpread.own, latencySpread.trace));
}

export const scenarios: Scenario[] = [
  {
    name: "independent units",
    metric: "score:quality",
    arms: 2,
    looks: 180,
    plannedLook: 60,
    slope: 1,
    sign: 1,
    simulate: independentUnits({
      looks: 180,
      perLook: 25,
      effect: "additive",
      draw: (random, unit) => unit.add(random.normal()),
    }),
  },
  ...[0.05, 0.3].map(
    (icc): Scenario => ({
      name: `returning users, ICC ${icc}`,
      metric: "score:quality",
      arms: 2,
      looks: 42,
      plannedLook: 14,
      slope: 1,
      sign: 1,
      simulate: returningUsers({ days: 42, newPerDay: 40, arms: 2, icc }),
    }),
  ),
  {
    name: "returning users, all enrolled on the first day, ICC 0.1",
    metric: "score:quality",
    arms: 2,
    looks: 42,
    plannedLook: 14,
    isGrowing: false,
    slope: 1,
    sign: 1,
    simulate: returningUsers({ days: 42, newPerDay: 600, arms: 2, icc: 0.1, isOnlyFirstDay: true }),
  },
  {
    name: "three variants, returning users, ICC 0.15",
    metric: "score:quality",
    arms: 3,
    looks: 42,
    plannedLook: 14,
    slope: 1,
    sign: 1,
    simulate: returningUsers({ days: 42, newPerDay: 54, arms: 3, icc: 0.15 }),
  },
  {
    name: "heavy-tailed cost, lognormal sessions",
    metric: "cost_usd",
    arms: 2,
    looks: 60,
    plannedLook: 20,
    slope: 0.01 * Math.exp((costSpread ** 2 + sessionSpread ** 2) / 2),
    sign: -1,
    simulate: independentUnits({
      looks: 60,
      perLook: 130,
      effect: "multiplicative",
      draw: (random, unit) => {
        const own = 0.01 * Math.exp(sessionSpread * random.normal());
        for (let trace = 0, n = 1 + random.poisson(1); trace < n; trace++)
          unit.add(own * Math.exp(costSpread * random.normal()));
      },
    }),
  },
  {
    name: "heavier-tailed cost, Pareto 2.1",
    metric: "cost_usd",
    arms: 2,
    looks: 60,
    plannedLook: 20,
    slope: (0.01 * 2.1) / 1.1,
    sign: -1,
    simulate: independentUnits({
      looks: 60,
      perLook: 200,
      effect: "multiplicative",
      draw: (random, unit) => unit.add(0.01 * (1 - random.uniform()) ** (-1 / 2.1)),
    }),
  },
  {
    name: "rare outcome, 1 %, fallback at first",
    metric: "error_rate",
    arms: 2,
    looks: 120,
    plannedLook: 40,
    slope: 1,
    sign: -1,
    simulate: rareOutcomes({ looks: 120, perLook: 500, rate: 0.01 }),
  },
  {
    name: "rare outcome, 0.5 %, small counts throughout",
    metric: "error_rate",
    arms: 2,
    looks: 42,
    plannedLook: 14,
    slope: 1,
    sign: 1,
    simulate: rareOutcomes({ looks: 42, perLook: 10, rate: 0.005 }),
  },
  ...(
    [
      ["p50", 0],
      ["p95", 1.6448536269514722],
    ] as const
  ).map(
    ([level, z]): Scenario => ({
      name: `latency ${level}, returning users`,
      metric: `latency_ms.${level}`,
      arms: 2,
      looks: 36,
      plannedLook: 12,
      slope: latencyQuantile(z),
      sign: -1,
      simulate: returningLatencies({
        days: 36,
        newPerDay: 50,
        level: level === "p50" ? 0.5 : 0.95,
        spread: latencySpread,
      }),
    }),
  ),
];
