import type { Cells } from "#lib/abtests/cells.ts";
import { checkHealth } from "#lib/abtests/health.ts";
import { chiSquaredTest } from "#lib/stats/chi-squared-test.ts";
import { splitConfidenceIntervals } from "#lib/stats/dirichlet-multinomial.ts";
import { randomStream } from "#lib/stats/random.ts";
import { makeTest } from "./product.ts";

/** True shares of the first arm where half was designed. */
export const splitShares = [0.5, 0.51, 0.52] as const;
const looks = 500;
const unitsPerLook = 100;

/** Counts over repetitions; arrays have one entry per true share. */
export interface SplitTally {
  repetitions: number;
  warned: number[];
  blocked: number[];
  /** Sum of the units at which the verdict was withheld, over the tests in which it was. */
  unitsAtBlock: number[];
  /** Tests whose interval of the share held it at every tenth look. */
  covered: number[];
  /** Tests in which χ² at p < .001 fired at any look: what other engines recompute at each refresh. */
  chiSquaredFired: number[];
}

export function emptySplitTally(): SplitTally {
  const zeros = () => splitShares.map(() => 0);
  return {
    repetitions: 0,
    warned: zeros(),
    blocked: zeros(),
    unitsAtBlock: zeros(),
    covered: zeros(),
    chiSquaredFired: zeros(),
  };
}

/** The sample ratio check of `checkHealth`, looked at 500 times up to 50 000 units. */
export function repeatSplits(input: { from: number; to: number; seed: number }): SplitTally {
  const tally = emptySplitTally();
  const test = makeTest("score:quality", 2, 1);
  const weights = [0.5, 0.5];
  for (let run = input.from; run < input.to; run++) {
    tally.repetitions += 1;
    for (const [i, share] of splitShares.entries()) {
      const random = randomStream(input.seed + run * splitShares.length + i);
      const counts = [0, 0];
      const seen = { warn: false, block: false, chi: false, isCovered: true };
      for (let look = 1; look <= looks; look++) {
        for (let unit = 0; unit < unitsPerLook; unit++) counts[random.uniform() < share ? 0 : 1]! += 1;
        const { splitLevel } = checkHealth(test, splitCells(counts));
        if (splitLevel === "block" && !seen.block) tally.unitsAtBlock[i]! += look * unitsPerLook;
        seen.block ||= splitLevel === "block";
        seen.warn ||= splitLevel !== "ok";
        seen.chi ||= chiSquaredTest(counts, weights).p < 0.001;
        if (look % 10 === 0) {
          const [interval] = splitConfidenceIntervals(counts, weights, 1000, 0.05);
          seen.isCovered &&= interval!.lower <= share && share <= interval!.upper;
        }
      }
      tally.warned[i]! += Number(seen.warn);
      tally.blocked[i]! += Number(seen.block);
      tally.covered[i]! += Number(seen.isCovered);
      tally.chiSquaredFired[i]! += Number(seen.chi);
    }
  }
  return tally;
}

function splitCells(counts: readonly number[]): Cells {
  return {
    arms: counts.map((units, i) => ({
      variantKey: "AB".charAt(i),
      phase: 1,
      units,
      traces: units,
      measures: new Map(),
    })),
    multiplyExposedUnits: 0,
    strays: [],
    lastTraceAt: null,
    cohorts: [],
    segments: [],
  };
}
