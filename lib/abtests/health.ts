import { sampleRatioTest } from "#lib/stats/sample-ratio-test.ts";
import type { Health, Level } from "./analysis.ts";
import type { Cells } from "./cells.ts";
import { compareSegments } from "./compare-segments.ts";
import type { AbTest } from "./definition.ts";
import { parseMetric } from "./metrics.ts";

/** Units seen in two variants from which the comparison is not trusted (GrowthBook's limit). */
const multipleExposureLimit = 0.01;

/** Whether the data can be trusted at all: checked before any number is read. All tests are valid at every look. */
export function checkHealth(test: AbTest, cells: Cells): Health {
  const variantKeys = test.variants.map((variant) => variant.key);
  const total = cells.arms.reduce((sum, arm) => sum + arm.units, 0);
  const split = splitTest(test, (phase, key) => unitsOf(cells, key, phase));
  const expected = variantKeys.map((key) => expectedUnits(test, cells, key));
  const units = variantKeys.map((key) => unitsOf(cells, key));
  const multiplyExposedShare = total === 0 ? 0 : cells.multiplyExposedUnits / total;
  // Below 100 units one stray unit is already 1 %: not yet a pattern.
  const multiplyExposedLevel: Level =
    total >= 100 && multiplyExposedShare >= multipleExposureLimit ? "block" : "ok";

  const scores = new Set(
    [...test.metrics.success, ...test.metrics.guardrails]
      .map((choice) => parseMetric(choice.metric)?.measure)
      .filter((measure) => measure?.startsWith("score:")),
  );
  const scoreCoverage = [...scores].map((measure) => {
    const scored = (key: string, phase?: number) =>
      cells.arms
        .filter((arm) => arm.variantKey === key && (phase === undefined || arm.phase === phase))
        .reduce((sum, arm) => sum + (arm.measures.get(measure!)?.sums.k ?? 0), 0);
    const result = splitTest(test, (phase, key) => scored(key, phase));
    return {
      name: measure!.slice("score:".length),
      scoredUnits: variantKeys.map((key, i) => ({
        variantKey: key,
        units: scored(key),
        share: units[i] ? scored(key) / units[i] : 0,
      })),
      logBayesFactor: result.logBayesFactor,
      // Scored units follow the units: with those split wrongly this alarm would only repeat the first.
      level: split.level === "ok" ? result.level : "ok",
    };
  });

  const levels = [split.level, multiplyExposedLevel, ...scoreCoverage.map((score) => score.level)];
  const level: Level = levels.includes("block") ? "block" : levels.includes("warn") ? "warn" : "ok";
  return {
    level,
    problems: [
      ...(split.level === "ok"
        ? []
        : [
            `The split is not the designed one${worstLevel(test, cells)}: ${variantKeys.map((key, i) => `${key} has ${count(units[i]!)} units where ${count(Math.round(expected[i]!))} were expected`).join(", ")}.`,
          ]),
      ...(multiplyExposedLevel === "ok"
        ? []
        : [
            `${count(cells.multiplyExposedUnits)} units (${(100 * multiplyExposedShare).toFixed(1)}%) were served more than one variant.`,
          ]),
      ...scoreCoverage
        .filter((score) => score.level !== "ok")
        .map(
          (score) =>
            `The score "${score.name}" is missing more often in one variant: ${score.scoredUnits.map((arm) => `${arm.variantKey} ${(100 * arm.share).toFixed(1)}%`).join(", ")} of the units have it.`,
        ),
    ],
    split: variantKeys.map((key, i) => ({ variantKey: key, units: units[i]!, expected: expected[i]! })),
    splitLogBayesFactor: split.logBayesFactor,
    splitLevel: split.level,
    multiplyExposedUnits: cells.multiplyExposedUnits,
    multiplyExposedShare,
    multiplyExposedLevel,
    scoreCoverage,
    strayTraces: cells.strays.reduce((sum, { traces }) => sum + traces, 0),
    strays: cells.strays,
    lastTraceAt: cells.lastTraceAt,
  };
}

/** Where to look for the cause: the level of a segment in which the split is worst, if it is wrong there. */
function worstLevel(test: AbTest, cells: Cells): string {
  const [worst] = compareSegments(test, cells)
    .flatMap(({ dimension, levels }) => levels.map((level) => ({ dimension, ...level })))
    .filter((level) => level.splitLevel !== "ok")
    .sort((a, b) => b.splitLogBayesFactor - a.splitLogBayesFactor);
  return worst ? ` (worst where ${worst.dimension} is ${worst.level})` : "";
}

function splitTest(test: AbTest, countOf: (phase: number, key: string) => number) {
  return sampleRatioTest(
    test.phases.map((phase) => ({
      counts: test.variants.map((variant) => countOf(phase.number, variant.key)),
      weights: test.variants.map((variant) => phase.weights[variant.key] ?? 0),
    })),
  );
}

function expectedUnits(test: AbTest, cells: Cells, key: string): number {
  return test.phases.reduce((sum, phase) => {
    const inPhase = cells.arms.filter((arm) => arm.phase === phase.number);
    return sum + (phase.weights[key] ?? 0) * inPhase.reduce((units, arm) => units + arm.units, 0);
  }, 0);
}

function unitsOf(cells: Cells, key: string, phase?: number): number {
  return cells.arms
    .filter((arm) => arm.variantKey === key && (phase === undefined || arm.phase === phase))
    .reduce((sum, arm) => sum + arm.units, 0);
}

function count(value: number): string {
  return value.toLocaleString("en");
}
