import { confidenceSequence } from "#lib/stats/confidence-sequence.ts";
import type { Analysis, Comparison, MetricReport } from "./analysis.ts";
import { analyze } from "./analyze.ts";
import type { ReportJson } from "./api-schema.ts";
import type { Cells, MeasureCell } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { isQuantile, type Measure, parseMetric } from "./metrics.ts";
import { decideVerdict, type Verdict } from "./verdict.ts";

/** One number of the report beside the same one computed again from its sums. */
export type Recomputed = {
  metric: string;
  variantKey: string;
  what: "difference" | "lower" | "upper";
  reported: number;
  recomputed: number;
};

export type Recomputation = {
  verdict: Verdict;
  reported: ReportJson["verdict"];
  /** Every difference and bound that could be computed again. */
  numbers: Recomputed[];
  /** Those that are not equal to within a part in a million. */
  deviations: Recomputed[];
};

/**
 * The verdict again, from a report's JSON alone: means from the sums, quantiles (whose histograms are too large for a
 * report) from their difference and standard error, then the same rule. Pure; asks no server and no clock.
 */
export function recomputeVerdict(report: ReportJson): Recomputation {
  const test = toTest(report);
  const cells = toCells(report);
  const fresh = analyze(test, cells, new Date(report.generatedAt));
  const metrics = fresh.metrics.map((metric) => withQuantiles(metric, report));
  const analysis: Analysis = {
    ...fresh,
    metrics,
    health: { ...fresh.health, level: report.health.level, problems: report.health.problems },
    progress: { ...fresh.progress, days: report.progress.days },
  };
  const numbers = numbersOf(metrics, report);
  return {
    verdict: decideVerdict(test, analysis),
    reported: report.verdict,
    numbers,
    deviations: numbers.filter(
      ({ reported, recomputed }) =>
        Math.abs(reported - recomputed) > 1e-6 * Math.max(Math.abs(reported), Math.abs(recomputed)),
    ),
  };
}

/** The test as the analysis knows it. What a report leaves out of it (ids) takes no part in any number. */
function toTest({ test }: ReportJson): AbTest {
  const { winnerVariantKey, policy, ...rest } = test;
  return {
    ...rest,
    projectId: "",
    policy: { ...policy, winnerVariantKey },
    createdAt: new Date(test.createdAt),
    startedAt: test.startedAt === null ? null : new Date(test.startedAt),
    stoppedAt: test.stoppedAt === null ? null : new Date(test.stoppedAt),
    variants: test.variants.map((variant) => ({ ...variant, id: "" })),
    phases: test.phases.map((phase) => ({
      ...phase,
      startedAt: new Date(phase.startedAt),
      endedAt: phase.endedAt === null ? null : new Date(phase.endedAt),
    })),
  };
}

function toCells({ sums, metrics, health, progress }: ReportJson): Cells {
  // Whether a measure is 0 or 1 throughout is not in its sums; the report used it exactly where it says so.
  const counted = new Set(
    metrics
      .filter((metric) => metric.comparisons.some(({ estimate }) => estimate?.method === "small_counts"))
      .map((metric) => metric.id),
  );
  return {
    arms: sums.map(({ measures, ...arm }) => ({
      ...arm,
      measures: new Map(
        Object.entries(measures).map(([measure, { positiveUnits, ...own }]): [Measure, MeasureCell] => [
          measure as Measure,
          { sums: own, positiveUnits, isBinary: counted.has(measure), histograms: [] },
        ]),
      ),
    })),
    multiplyExposedUnits: health.multiplyExposedUnits,
    strays: health.strays,
    lastTraceAt: health.lastTraceAt === null ? null : new Date(health.lastTraceAt),
    cohorts: progress.newUnits.map(({ day, units }) => ({
      day,
      arms: Object.entries(units).map(([variantKey, count]) => ({
        variantKey,
        phase: 1,
        units: count,
        traces: 0,
        measures: new Map(),
      })),
    })),
    segments: [],
  };
}

function withQuantiles(metric: MetricReport, report: ReportJson): MetricReport {
  if (!isQuantile(metric.statistic)) return metric;
  const reported = report.metrics.find((each) => each.id === metric.id);
  if (!reported) return metric;
  const comparisons = reported.comparisons.map((comparison): Comparison => {
    const { estimate } = comparison;
    const scale = reported.scale;
    if (!estimate || !scale || estimate.standardError === null) return comparison as Comparison;
    const { lower, upper } = confidenceSequence({
      estimate: estimate.difference,
      standardError: estimate.standardError,
      tau: scale.tau,
      alpha: estimate.alpha,
    });
    return { ...(comparison as Comparison), estimate: { ...estimate, lower, upper } };
  });
  return { ...metric, comparisons };
}

function numbersOf(metrics: readonly MetricReport[], report: ReportJson): Recomputed[] {
  return metrics.flatMap(({ id, comparisons }) =>
    comparisons.flatMap(({ variantKey, estimate }) => {
      const reported = report.metrics
        .find((each) => each.id === id)
        ?.comparisons.find((each) => each.variantKey === variantKey)?.estimate;
      if (!estimate || !reported || !parseMetric(id)) return [];
      return (["difference", "lower", "upper"] as const).map((what) => ({
        metric: id,
        variantKey,
        what,
        reported: reported[what],
        recomputed: estimate[what],
      }));
    }),
  );
}
