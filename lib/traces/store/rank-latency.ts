import { type Context, requireScope } from "#lib/core/context.ts";
import { traceFilter } from "../schema.ts";
import { findTraceOutline } from "./find-trace.ts";
import { scanTraces } from "./scan-traces.ts";

export type LatencyRank = {
  /** What the trace is compared with: traces of the same prompt version and variant, or of the whole project. */
  cohort: {
    promptName: string | null;
    promptVersion: string | null;
    abTest: string | null;
    variant: string | null;
  };
  /** Traces of the cohort in the week up to the trace that have ended, itself among them. */
  traceCount: number;
  /** Share of them that took no longer, from 0 to 1; null where fewer than twenty can be compared. */
  share: number | null;
};

const weekMs = 7 * 86_400_000;
const leastCount = 20;

/**
 * How a trace's latency lies among those of its like: of its prompt version and variant, where its spans name them.
 * Null while it has not ended. Needs `read`. Throws `not_found`.
 */
export async function rankLatency(ctx: Context, traceId: string): Promise<LatencyRank | null> {
  requireScope(ctx, "read");
  const { spans } = await findTraceOutline(ctx, traceId);
  const root = spans.find((span) => span.parentSpanId === null) ?? spans[0]!;
  if (root.endTimeUs === null) return null;
  const endUs = spans.reduce((latest, span) => Math.max(latest, span.endTimeUs ?? 0), 0);
  const startUs = spans[0]!.startTimeUs;
  const prompt = spans.find((span) => span.prompt !== null)?.prompt ?? null;
  const assignment = spans.find((span) => span.assignment !== null)?.assignment ?? null;
  const cohort = {
    promptName: prompt?.name ?? null,
    promptVersion: prompt?.version ?? null,
    abTest: assignment?.abTestKey ?? null,
    variant: assignment?.variantKey ?? null,
  };
  const { total, below } = await scanTraces(
    ctx.projectId,
    {
      filter: traceFilter.parse({
        from: new Date(startUs / 1000 - weekMs).toISOString(),
        to: new Date(Math.floor(startUs / 1000) + 1).toISOString(),
        promptName: cohort.promptName ?? undefined,
        promptVersion: cohort.promptVersion ?? undefined,
        abTest: cohort.abTest ?? undefined,
        variant: cohort.variant ?? undefined,
      }),
      columns: ["durations"],
      order: "any",
    },
    () => ({ total: 0, below: 0 }),
    (state, { columns: { durations }, ordinals }) => {
      for (const ordinal of ordinals) {
        const duration = durations[ordinal]!;
        if (Number.isNaN(duration)) continue;
        state.total++;
        if (duration <= endUs - startUs) state.below++;
      }
      return false;
    },
  );
  return { cohort, traceCount: total, share: total < leastCount ? null : below / total };
}
