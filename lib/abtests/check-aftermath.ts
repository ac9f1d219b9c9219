import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import type { ArmValue, MetricReport } from "./analysis.ts";
import type { Report } from "./get-report.ts";
import type { AbPromotion } from "./promotion.ts";
import { readBaselines } from "./store/read-baselines.ts";

/** A metric of the winner as the test measured it, and as it has been since everybody got it. */
export type AftermathMetric = Pick<MetricReport, "id" | "label" | "unit" | "isHigherBetter"> & {
  promised: Pick<ArmValue, "value" | "lower" | "upper">;
  since: number;
};

/**
 * Whether the winner keeps its promise: its metrics since the promotion beside what the test said of it. Not
 * randomized, so it can raise a question and settles none. Empty until a hundred traces have come, and for a test
 * without a promotion.
 */
export async function checkAftermath(
  ctx: Context,
  report: Pick<Report, "test" | "metrics">,
  promotion: AbPromotion | undefined,
): Promise<AftermathMetric[]> {
  requireScope(ctx, "read");
  const { test, metrics } = report;
  const winner = test.variants.find((variant) => variant.key === promotion?.variantKey);
  if (!winner || !promotion?.decidedAt) return [];
  const since = await readBaselines({
    projectId: ctx.projectId,
    promptVersionId: winner.promptVersionId,
    modelVersionId: winner.modelVersionId,
    from: promotion.decidedAt,
    before: now(),
    metrics: metrics.map((metric) => metric.id),
  });
  return metrics.flatMap(({ id, label, unit, isHigherBetter, arms }) => {
    const promised = arms.find((arm) => arm.variantKey === winner.key);
    const value = since.get(id);
    return promised && value !== undefined
      ? [{ id, label, unit, isHigherBetter, promised, since: value }]
      : [];
  });
}
