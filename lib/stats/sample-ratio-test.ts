import { anytimeP } from "./confidence-sequence.ts";
import { logSplitBayesFactor } from "./dirichlet-multinomial.ts";
import { averageLogE } from "./e-value.ts";

/** Units per arm during one phase: a period of constant relative weights. */
export interface SplitPhase {
  counts: readonly number[];
  weights: readonly number[];
}

export interface SampleRatioResult {
  logBayesFactor: number;
  /** min(1, 1/BF) at this look. */
  p: number;
  level: "ok" | "warn" | "block";
}

const concentrations = [100, 1000, 10_000];

/**
 * Sequential test that units were split over arms as designed (sample ratio mismatch), valid at every look.
 * Per phase the Bayes factor is averaged over concentrations {100, 1000, 10000}, quick for gross and sharp for tiny
 * mismatches; phases multiply. Both keep it an e-process, so P(ever BF ≥ B) ≤ 1/B under the null.
 *
 * The same test finds missing scores: count only *scored* units per arm against the design weights.
 *
 * @param thresholds Bayes factors from which to warn (default 20) and to withhold the verdict (default 100); multiply
 *   them by the number of segments when testing each segment
 * @throws RangeError unless every count and weight is at least 0, one weight per count, and some weight above 0
 * Source: Lindon & Malek, arXiv 2011.03567.
 */
export function sampleRatioTest(
  phases: readonly SplitPhase[],
  thresholds: { warn: number; block: number } = { warn: 20, block: 100 },
): SampleRatioResult {
  for (const phase of phases) requireSplit(phase);
  const logBayesFactor = phases.reduce(
    (log, { counts, weights }) =>
      log + averageLogE(concentrations.map((k) => logSplitBayesFactor(counts, weights, k))),
    0,
  );
  const { warn, block } = thresholds;
  const level =
    logBayesFactor >= Math.log(block) ? "block" : logBayesFactor >= Math.log(warn) ? "warn" : "ok";
  return { logBayesFactor, p: anytimeP(logBayesFactor), level };
}

function requireSplit({ counts, weights }: SplitPhase): void {
  if (counts.length !== weights.length) throw new RangeError("one weight per count");
  if (![...counts, ...weights].every((value) => value >= 0 && Number.isFinite(value)))
    throw new RangeError(`counts and weights must not be negative: ${counts} by ${weights}`);
  if (!weights.some((weight) => weight > 0)) throw new RangeError("some weight must be above 0");
}
