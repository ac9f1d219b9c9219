import type { Comparison } from "#lib/abtests/analysis.ts";
import { analyze } from "#lib/abtests/analyze.ts";
import type { Arm, Cells, MeasureCell } from "#lib/abtests/cells.ts";
import { compareArms } from "#lib/abtests/compare-arms.ts";
import type { AbTest } from "#lib/abtests/definition.ts";
import { estimateArms } from "#lib/abtests/estimate-arm.ts";
import { freezeScales } from "#lib/abtests/freeze-scales.ts";
import { type Metric, parseMetric } from "#lib/abtests/metrics.ts";
import { assignmentSchema, designSchema, policySchema } from "#lib/abtests/schema.ts";
import type { Estimate } from "#lib/stats/estimate.ts";

export const alpha = 0.05;
const launched = new Date(0);

/** One arm at one look: units exposed, and the cell of the scenario's metric. */
export type ArmData = { units: number; cell: MeasureCell };

/** A running test of one success metric with the given MDE, as the product would hold it. */
export function makeTest(metricId: string, arms: number, mde: number): AbTest {
  const metrics = {
    success: [{ metric: metricId, mde: { kind: "absolute" as const, value: mde } }],
    guardrails: [],
    exploratory: [],
  };
  const keys = ["A", "B", "C", "D", "E", "F"].slice(0, arms);
  const weights = Object.fromEntries(keys.map((key) => [key, 1 / arms]));
  const frozen = freezeScales({
    metrics,
    alpha,
    frozen: {},
    baselines: new Map(),
    source: "pre_period",
    at: launched,
  });
  return {
    id: "bench",
    projectId: "bench",
    key: "bench",
    name: "bench",
    hypothesis: "",
    status: "running",
    unitKind: "user",
    unitAttribute: null,
    seed: "bench",
    hashVersion: 3,
    coverage: 1,
    assignment: assignmentSchema.parse({}),
    metrics,
    design: designSchema.parse({ alpha, minimumDays: 0, frozen }),
    policy: policySchema.parse({}),
    createdBy: "bench",
    createdAt: launched,
    startedAt: launched,
    stoppedAt: null,
    variants: keys.map((key) => ({
      id: key,
      key,
      name: "",
      promptVersionId: key,
      modelVersionId: key,
      parameters: {},
      weight: 1 / arms,
    })),
    phases: [{ number: 1, weights, coverage: 1, startedAt: launched, endedAt: null }],
  };
}

export function cellsOf(metric: Metric, arms: readonly ArmData[]): Cells {
  return {
    arms: arms.map(
      ({ units, cell }, i): Arm => ({
        variantKey: "ABCDEF".charAt(i),
        phase: 1,
        units,
        traces: cell.sums.n,
        measures: new Map([[metric.measure, cell]]),
      }),
    ),
    multiplyExposedUnits: 0,
    strays: [],
    lastTraceAt: null,
    cohorts: [],
    segments: [],
  };
}

export type Look = { comparisons: Comparison[]; estimates: Estimate[] };

/**
 * Every treatment against the control, through `estimateArms` and `compareArms`: what `analyze` does for a success
 * metric, without the rest of a report. {@link requireSameAsReport} checks that it is the same.
 */
export function judge(test: AbTest, arms: readonly ArmData[]): Look {
  const metric = metricOf(test);
  const cells = cellsOf(metric, arms);
  const keys = test.variants.map((variant) => variant.key);
  const estimates = [...estimateArms(metric, cells, keys).values()];
  const share = alpha / (keys.length - 1);
  const inputs = arms.map(({ cell }, i) => ({
    estimate: estimates[i]!,
    units: cell.sums.k,
    counts: cell.isBinary
      ? {
          traces: { successes: cell.sums.s, trials: cell.sums.n },
          units: { successes: cell.positiveUnits, trials: cell.sums.k },
        }
      : null,
  }));
  const comparisons = inputs.slice(1).map((treatment, i) =>
    compareArms({
      variantKey: keys[i + 1]!,
      metric,
      role: "success",
      control: inputs[0]!,
      treatment,
      scale: test.design.frozen[metric.id]!,
      alphas: { interval: share, guardrail: alpha, harm: share },
      minimumUnits: test.design.minimumUnits,
    }),
  );
  return { comparisons, estimates };
}

/** @throws Error when the bench's shortcut and the product's report disagree on these arms. */
export function requireSameAsReport(test: AbTest, arms: readonly ArmData[]): void {
  const ours = JSON.stringify(judge(test, arms).comparisons);
  const report = analyze(test, cellsOf(metricOf(test), arms), launched);
  const theirs = JSON.stringify(report.metrics[0]!.comparisons);
  if (ours !== theirs) throw new Error(`the bench no longer judges as the report does:\n${ours}\n${theirs}`);
}

export function metricOf(test: AbTest): Metric {
  const [choice] = test.metrics.success;
  const metric = choice && parseMetric(choice.metric, choice.direction);
  if (!metric) throw new Error("the test has no known metric");
  return metric;
}
