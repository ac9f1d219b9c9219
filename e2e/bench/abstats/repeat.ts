import { difference } from "#lib/stats/difference.ts";
import { normalQuantile } from "#lib/stats/distributions.ts";
import type { Estimate, EstimateOk } from "#lib/stats/estimate.ts";
import { randomStream } from "#lib/stats/random.ts";
import { alpha, judge, makeTest, requireSameAsReport } from "./product.ts";
import type { Scenario, SimulatedArm, Snapshot } from "./scenario.ts";

/** True effects simulated, as multiples of the MDE. */
export const multiples = [0, 1, 1.5, 2] as const;
const power = 0.8;
const pilotRuns = 100;
const pilotRounds = 8;

/** Counts over repetitions; they add up over chunks. Arrays have one entry per multiple. */
export interface Tally {
  repetitions: number;
  /** Without a true effect: tests in which, at any look, … */
  falseAlarms: number; // … the interval excluded 0 or harm was claimed,
  intervalAlarms: number; // … the interval excluded 0,
  naiveAlarms: number; // … a per-trace test found a difference,
  peekedAlarms: number; // … a fixed-horizon, cluster-robust test did.
  /** Tests whose interval held the true difference at every look. */
  covered: number[];
  /** Sum over tests of the look at which the effect was found; the last look for those that never did. */
  stoppingLooks: number[];
  undecided: number[];
  /** Tests that claimed a difference of the wrong sign. */
  wrong: number[];
  /** Tests in which a fixed-horizon test, read at the planned look only, found the effect. */
  fixedFound: number[];
}

export function emptyTally(): Tally {
  const zeros = () => multiples.map(() => 0);
  return {
    repetitions: 0,
    falseAlarms: 0,
    intervalAlarms: 0,
    naiveAlarms: 0,
    peekedAlarms: 0,
    covered: zeros(),
    stoppingLooks: zeros(),
    undecided: zeros(),
    wrong: zeros(),
    fixedFound: zeros(),
  };
}

/** The multiplier of one comparison of a fixed-horizon test at the same total α. */
function fixedZ({ arms }: Scenario): number {
  return -normalQuantile(alpha / (arms - 1) / 2);
}

/**
 * The effect that a fixed-horizon test read once, at the planned look, finds with 80 % power: from the mean variance
 * over pilot runs, whose seeds no repetition uses. Also checks the bench against the product's own report.
 */
export function findMde(scenario: Scenario, seed: number): number {
  const test = (mde: number) => makeTest(scenario.metric, scenario.arms, mde);
  const width = fixedZ(scenario) + normalQuantile(power);
  let effect = 0;
  for (let round = 0; round < pilotRounds; round++) {
    let variance = 0;
    for (let run = 0; run < pilotRuns; run++) {
      const arms = armsOf(scenario, plannedSnapshot(scenario, seed + run, effect), 0);
      const { estimates } = judge(test(1), arms);
      variance += known(arms[0]!, estimates[0]!).variance + known(arms.at(-1)!, estimates.at(-1)!).variance;
    }
    const before = effect;
    effect = (scenario.sign * width * Math.sqrt(variance / pilotRuns)) / scenario.slope;
    if (Math.abs(effect - before) < 0.005 * Math.abs(effect)) break;
  }
  requireSameAsReport(
    test(Math.abs(effect * scenario.slope)),
    armsOf(scenario, plannedSnapshot(scenario, seed, effect), 0),
  );
  return Math.abs(effect);
}

function plannedSnapshot(scenario: Scenario, seed: number, effect: number): Snapshot {
  let look = 0;
  for (const snapshot of scenario.simulate(randomStream(seed), [effect])) {
    look += 1;
    if (look === scenario.plannedLook) return snapshot;
  }
  throw new Error(`${scenario.name} has fewer looks than planned`);
}

/** Runs tests `from` … `to` − 1 of a scenario, looking at each as often as it says. */
export function repeat(
  scenario: Scenario,
  input: { from: number; to: number; seed: number; mde: number },
): Tally {
  const tally = emptyTally();
  for (let run = input.from; run < input.to; run++) addTest(tally, scenario, input.seed + run, input.mde);
  return tally;
}

function addTest(tally: Tally, scenario: Scenario, seed: number, mde: number): void {
  const { slope, sign, looks, plannedLook } = scenario;
  const effects = multiples.map((multiple) => sign * multiple * mde);
  const test = makeTest(scenario.metric, scenario.arms, mde * slope);
  const seen = multiples.map(() => ({ stop: null as number | null, isCovered: true, isWrong: false }));
  const alarms = { any: false, interval: false, naive: false, peeked: false };
  let look = 0;
  for (const snapshot of scenario.simulate(randomStream(seed), effects)) {
    look += 1;
    for (const [level, state] of seen.entries()) {
      // Larger effects are followed until they are found; none and the MDE to the end, for any-time coverage.
      if (level > 1 && state.stop !== null && look > plannedLook) continue;
      const arms = armsOf(scenario, snapshot, level);
      const { comparisons, estimates } = judge(test, arms);
      for (const [i, { estimate }] of comparisons.entries()) {
        if (!estimate) continue;
        const isTreated = i === comparisons.length - 1;
        const truth = isTreated ? effects[level]! * slope : 0;
        const { lower, upper, fixedHorizon, isHarm } = estimate;
        const excludesZero = lower > 0 || upper < 0;
        state.isCovered &&= lower <= truth && truth <= upper;
        if (level === 0) {
          alarms.interval ||= excludesZero;
          alarms.any ||= excludesZero || isHarm;
          alarms.peeked ||= fixedHorizon !== null && (fixedHorizon.lower > 0 || fixedHorizon.upper < 0);
          alarms.naive ||= isFound(arms[0]!.perTrace(), arms[i + 1]!.perTrace(), fixedZ(scenario));
        } else if (isTreated && excludesZero && state.stop === null) {
          state.stop = look;
          state.isWrong = sign > 0 ? upper < 0 : lower > 0;
        }
      }
      if (
        look === plannedLook &&
        isFound(known(arms[0]!, estimates[0]!), known(arms.at(-1)!, estimates.at(-1)!), fixedZ(scenario))
      )
        tally.fixedFound[level]! += 1;
    }
  }
  tally.repetitions += 1;
  tally.falseAlarms += Number(alarms.any);
  tally.intervalAlarms += Number(alarms.interval);
  tally.naiveAlarms += Number(alarms.naive);
  tally.peekedAlarms += Number(alarms.peeked);
  for (const [level, { stop, isCovered, isWrong }] of seen.entries()) {
    tally.covered[level]! += Number(isCovered);
    tally.stoppingLooks[level]! += stop ?? looks;
    tally.undecided[level]! += Number(stop === null);
    tally.wrong[level]! += Number(isWrong);
  }
}

function armsOf({ arms }: Scenario, snapshot: Snapshot, level: number): SimulatedArm[] {
  return Array.from({ length: arms }, (_, index) => snapshot(index, level));
}

/** Where all values are equal so far (no failure yet, say), the textbook test takes the spread to be 0. */
function known({ cell }: SimulatedArm, estimate: Estimate): EstimateOk {
  if (estimate.status === "ok") return estimate;
  const { k, n, s } = cell.sums;
  return { status: "ok", estimate: s / n, variance: 0, units: k };
}

function isFound(a: Estimate, b: Estimate, z: number): boolean {
  const gap = difference(a, b);
  return gap.status === "ok" && Math.abs(gap.estimate) > z * gap.standardError;
}
