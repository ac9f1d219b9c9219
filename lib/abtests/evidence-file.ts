import { z } from "zod";
import type { LogHistogram } from "#lib/stats/log-histogram.ts";
import { analyze } from "./analyze.ts";
import { abTestJson, toAbTestJson } from "./api-schema.ts";
import type { Arm, Cells, MeasureCell } from "./cells.ts";
import { chosenMetrics } from "./chosen-metrics.ts";
import type { AbTest } from "./definition.ts";
import { isQuantile, type Measure } from "./metrics.ts";
import { decideVerdict, type Verdict } from "./verdict.ts";

const measureJson = z.object({
  k: z.number(),
  n: z.number(),
  s: z.number(),
  nn: z.number(),
  ss: z.number(),
  ns: z.number(),
  positiveUnits: z.number(),
  isBinary: z.boolean(),
  past: z
    .object({
      x: z.number(),
      xx: z.number(),
      sx: z.number(),
      nx: z.number(),
      d: z.number(),
      dd: z.number(),
      sd: z.number(),
      nd: z.number(),
      xd: z.number(),
    })
    .optional(),
  /** One per jackknife group: bucket, count, bucket, count, … Only where a metric is a quantile. */
  histograms: z.array(z.array(z.number())).default([]),
});

const armJson = z.object({
  variantKey: z.string(),
  phase: z.number(),
  units: z.number(),
  traces: z.number(),
  measures: z.record(z.string(), measureJson),
});

/** All that a verdict was computed from, and the verdict: a file that anyone can check. */
export const evidenceFile = z.object({
  format: z.literal("stemma-ab-evidence-1"),
  at: z.iso.datetime(),
  test: abTestJson,
  verdict: z.looseObject({ state: z.string(), sentence: z.string() }),
  cells: z.object({
    arms: z.array(armJson),
    multiplyExposedUnits: z.number(),
    caps: z.record(z.string(), z.number()).default({}),
    strays: z.array(
      z.object({
        reason: z.enum(["no_unit", "unknown_variant", "clock_ahead", "outside"]),
        traces: z.number(),
      }),
    ),
    cohorts: z.array(z.object({ day: z.string(), arms: z.array(armJson) })),
    segments: z.array(
      z.object({ dimension: z.string(), level: z.string().nullable(), arms: z.array(armJson) }),
    ),
  }),
});
export type EvidenceFile = z.infer<typeof evidenceFile>;

/** The file of a look at a test. Only the measures of its own metrics are in it. */
export function toEvidenceFile(look: {
  test: AbTest;
  cells: Cells;
  verdict: Verdict;
  at: Date;
}): EvidenceFile {
  const { test, cells, verdict, at } = look;
  const metrics = chosenMetrics(test).map(({ metric }) => metric);
  const measures = new Set<Measure>(
    metrics.flatMap((metric): Measure[] => [metric.measure, `capped:${metric.measure}`]),
  );
  const withQuantiles = new Set<Measure>(
    metrics.filter((metric) => isQuantile(metric.statistic)).map((metric) => metric.measure),
  );
  const toArm = (arm: Arm) => ({
    ...arm,
    measures: Object.fromEntries(
      [...arm.measures]
        .filter(([measure]) => measures.has(measure))
        .map(([measure, { sums, histograms, ...rest }]) => [
          measure,
          {
            ...sums,
            ...rest,
            histograms: withQuantiles.has(measure) ? histograms.map((each) => [...each].flat()) : [],
          },
        ]),
    ),
  });
  return {
    format: "stemma-ab-evidence-1",
    at: at.toISOString(),
    test: toAbTestJson(test),
    verdict,
    cells: {
      arms: cells.arms.map(toArm),
      multiplyExposedUnits: cells.multiplyExposedUnits,
      caps: cells.caps ?? {},
      strays: cells.strays,
      cohorts: cells.cohorts.map(({ day, arms }) => ({ day, arms: arms.map(toArm) })),
      segments: cells.segments.map((segment) => ({ ...segment, arms: segment.arms.map(toArm) })),
    },
  };
}

/** The verdict computed again from the file's sums alone, and whether it is the one that the file records. */
export function recomputeVerdict(file: EvidenceFile): { verdict: Verdict; isSame: boolean } {
  const test = toAbTest(file.test);
  const cells: Cells = {
    ...file.cells,
    arms: file.cells.arms.map(fromArm),
    cohorts: file.cells.cohorts.map(({ day, arms }) => ({ day, arms: arms.map(fromArm) })),
    segments: file.cells.segments.map((segment) => ({ ...segment, arms: segment.arms.map(fromArm) })),
    lastTraceAt: null,
  };
  const verdict = decideVerdict(test, analyze(test, cells, new Date(file.at)));
  return {
    verdict,
    isSame: verdict.state === file.verdict.state && verdict.sentence === file.verdict.sentence,
  };
}

function fromArm({ measures, ...arm }: z.infer<typeof armJson>): Arm {
  return {
    ...arm,
    measures: new Map(
      Object.entries(measures).map(([measure, { positiveUnits, isBinary, histograms, ...sums }]) => {
        const cell: MeasureCell = {
          sums,
          positiveUnits,
          isBinary,
          histograms: histograms.map(fromHistogram),
        };
        return [measure as Measure, cell];
      }),
    ),
  };
}

function fromHistogram(flat: readonly number[]): LogHistogram {
  return new Map(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]));
}

function toAbTest({ winnerVariantKey, policy, ...json }: EvidenceFile["test"]): AbTest {
  return {
    ...json,
    projectId: "",
    policy: { ...policy, winnerVariantKey },
    createdAt: new Date(json.createdAt),
    startedAt: json.startedAt === null ? null : new Date(json.startedAt),
    stoppedAt: json.stoppedAt === null ? null : new Date(json.stoppedAt),
    variants: json.variants.map((variant) => ({ ...variant, id: variant.key })),
    phases: json.phases.map((phase) => ({
      ...phase,
      startedAt: new Date(phase.startedAt),
      endedAt: phase.endedAt === null ? null : new Date(phase.endedAt),
    })),
  };
}
