import { logEValue } from "./boundary.ts";
import { anytimeP } from "./confidence-sequence.ts";
import type { Difference } from "./difference.ts";
import { averageLogE, eBenjaminiHochberg } from "./e-value.ts";
import { type NotEstimable, notEstimable } from "./estimate.ts";

export type CategoricalTest =
  | {
      status: "ok";
      /** ln of the overall e-value: the average over levels. */
      logEValue: number;
      p: number;
      /** Per level, in input order; null when the level is not estimable. */
      levels: ({ logEValue: number; isDifferent: boolean } | null)[];
    }
  | NotEstimable;

/**
 * Sequential test that a categorical score is distributed alike in both arms: one binary (share of the level) ratio
 * difference per level, each with its cluster-robust e-value; overall evidence is their average, differing levels are
 * picked by e-BH. A pooled χ² over rows would take clustered rows for independent.
 *
 * @param levels difference in share, per level
 * @param tau mixing standard deviation of a share difference (0.01 is one percentage point), fixed at launch
 * Not estimable: no_units (no level is estimable).
 */
export function categoricalTest(levels: readonly Difference[], tau: number, q = 0.1): CategoricalTest {
  const logs = levels.map((level) =>
    level.status === "ok"
      ? logEValue(level.estimate / level.standardError, (tau * tau) / level.variance)
      : null,
  );
  const known = logs.filter((log) => log !== null);
  if (known.length === 0) return notEstimable("no_units");
  const overall = averageLogE(known);
  const flags = eBenjaminiHochberg(known, q);
  let next = 0;
  return {
    status: "ok",
    logEValue: overall,
    p: anytimeP(overall),
    levels: logs.map((log) => (log === null ? null : { logEValue: log, isDifferent: flags[next++]! })),
  };
}
