import { mixingScale } from "#lib/stats/boundary.ts";
import { type MetricId, parseMetric } from "./metrics.ts";
import type { Amount, FrozenScale, Guardrail, MetricChoice, Metrics } from "./schema.ts";

/**
 * The scale each metric's numbers are judged against: τ = κ·MDE, and the margin, in the metric's own unit.
 * Fixed once per test, because an interval tuned after looking is not valid at every look. Where the MDE or margin
 * is relative, it needs the metric's baseline; a metric without one yet is left out and tried again later.
 *
 * A baseline of source `burn_in` is the mean over *all* arms pooled, blind to which is better, so tuning by it
 * leans to no side.
 */
export function freezeScales(input: {
  metrics: Metrics;
  alpha: number;
  frozen: Record<MetricId, FrozenScale>;
  baselines: ReadonlyMap<MetricId, number>;
  source: "pre_period" | "burn_in";
  at: Date;
}): Record<MetricId, FrozenScale> {
  const { metrics, frozen, baselines } = input;
  const added: Record<MetricId, FrozenScale> = {};
  for (const choice of [...metrics.success, ...metrics.guardrails, ...metrics.exploratory]) {
    if (frozen[choice.metric]) continue;
    const scale = scaleOf(choice, baselines.get(choice.metric), input);
    if (scale) added[choice.metric] = scale;
  }
  return added;
}

function scaleOf(
  choice: MetricChoice | Guardrail,
  baseline: number | undefined,
  { alpha, source, at }: { alpha: number; source: "pre_period" | "burn_in"; at: Date },
): FrozenScale | null {
  const metric = parseMetric(choice.metric, choice.direction);
  if (!metric) return null;
  const marginAmount = "margin" in choice ? choice.margin : null;
  // A guardrail is decided at its margin: that is the size of effect its interval should be sharpest for.
  const mdeAmount: Amount = choice.mde ?? marginAmount ?? { kind: "relative", value: metric.defaultMde };
  const isGiven = mdeAmount.kind === "absolute" && marginAmount?.kind !== "relative";
  const mde = absolute(mdeAmount, baseline);
  const margin = marginAmount && absolute(marginAmount, baseline);
  if (mde === null || (marginAmount && margin === null)) return null;
  return {
    baseline: baseline ?? null,
    source: isGiven ? "given" : source,
    mde,
    tau: mixingScale(mde, alpha),
    margin,
    frozenAt: at.toISOString(),
  };
}

function absolute(amount: Amount, baseline: number | undefined): number | null {
  if (amount.kind === "absolute") return amount.value;
  return baseline ? Math.abs(baseline) * amount.value : null;
}
