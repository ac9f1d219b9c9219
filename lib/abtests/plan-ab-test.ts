import { z } from "zod";
import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { planDecision } from "#lib/stats/decision-plan.ts";
import { perUnitEstimate, ratioEstimate } from "#lib/stats/ratio-estimate.ts";
import { isQuantile, type Measure, parseMetric } from "./metrics.ts";
import { createAbTestInput, metricsSchema } from "./schema.ts";
import { readHistory } from "./store/read-history.ts";

export const planInput = z.object({
  promptVersionId: z.uuid(),
  modelVersionId: z.uuid(),
  unitKind: createAbTestInput.shape.unitKind,
  variants: z.int().min(2).max(6),
  alpha: z.number().gt(0).lt(0.5),
  coverage: z.number().gt(0).max(1),
  successCount: z.int().min(1).max(10),
  metric: metricsSchema.shape.success.element,
});
export type PlanInput = z.input<typeof planInput>;

export type Plan = {
  baseline: number | null;
  /** The smallest effect worth detecting, in the metric's unit; null while there is no baseline. */
  mde: number | null;
  /** Per variant, if the effect is the MDE: where such a test stops on average, and nearly always. */
  unitsPerVariant: { likely: number; latest: number } | null;
  /** Units a day now; null without history. */
  unitsPerDay: number | null;
  /** What the plan rests on, or why there is none. */
  note: string;
};

/** How many units a test will need, from the control's last 14 days. */
export async function planAbTest(ctx: Context, input: PlanInput): Promise<Plan> {
  requireScope(ctx, "read");
  const { metric: choice, variants, alpha, successCount, coverage, ...control } = planInput.parse(input);
  const metric = parseMetric(choice.metric, choice.direction)!;
  const none = (note: string): Plan => ({
    baseline: null,
    mde: null,
    unitsPerVariant: null,
    unitsPerDay: null,
    note,
  });
  if (isQuantile(metric.statistic))
    return none("A quantile's spread is known only from its first units: the report forecasts then.");
  if (metric.statistic === "unit_share" || !hasHistory(metric.measure))
    return none(
      "It is known only from units in the test: the report forecasts from the first 100 per variant.",
    );
  const history = await readHistory({
    projectId: ctx.projectId,
    ...control,
    measure: metric.measure,
    before: now(),
  });
  const estimate = (metric.statistic === "per_unit" ? perUnitEstimate : ratioEstimate)(history.sums);
  const isKnown = estimate.status === "ok" && estimate.units >= 30;
  const mde = choice.mde ?? { kind: "relative" as const, value: metric.defaultMde };
  const baseline = isKnown ? estimate.estimate : null;
  const absolute = mde.kind === "absolute" ? mde.value : baseline ? Math.abs(baseline) * mde.value : null;
  // Without history a score in 0–1 varies at most like a fair coin.
  const variance = isKnown ? estimate.variance * estimate.units : metric.unit === "points" ? 0.25 : null;
  if (absolute === null || variance === null)
    return none(
      "No traces of the control with a user yet: the plan comes with the first 100 units per variant.",
    );
  const plan = planDecision({
    mde: absolute,
    alpha: alpha / (successCount * (variants - 1)),
    power: 0.8,
    varianceA: variance,
  });
  return {
    baseline,
    mde: absolute,
    unitsPerVariant: {
      likely: Math.max(100, Math.ceil(plan.likelyUnits / 2)),
      latest: Math.max(100, Math.ceil(plan.latestUnits / 2)),
    },
    unitsPerDay: history.unitsPerDay > 0 ? history.unitsPerDay * coverage : null,
    note: isKnown
      ? `From ${estimate.units.toLocaleString("en")} users of the control in the last 14 days.`
      : "No history of the control: assumes a score between 0 and 1 that varies as much as it can.",
  };
}

const measuresWithHistory: ReadonlySet<string> = new Set([
  "error_rate",
  "latency_ms",
  "time_to_first_token_ms",
  "cost_usd",
  "input_tokens",
  "output_tokens",
]);

function hasHistory(measure: Measure): boolean {
  return measure.startsWith("score:") || measuresWithHistory.has(measure);
}
