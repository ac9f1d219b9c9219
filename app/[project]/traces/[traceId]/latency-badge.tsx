import { Badge } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { Context } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { type LatencyRank, rankLatency } from "#lib/traces/store/rank-latency.ts";

/** Says of a slow trace that it is slow among its like; nothing of the others. */
export async function LatencyBadge({ ctx, traceId }: { ctx: Context; traceId: string }) {
  const rank = await rankLatency(ctx, traceId).catch((error) => {
    // It was deleted meanwhile, or the search takes too long: the page is whole without it.
    if (isAppError(error)) return null;
    throw error;
  });
  if (!rank || rank.share === null || rank.share < 0.95) return null;
  return (
    <Badge
      tone="worse"
      title={`Slower than ${Math.floor(rank.share * 100)}% of ${formatCount(rank.traceCount)} ${cohortText(rank)} in the week before`}
    >
      Slow: {rank.share >= 0.99 ? "p99" : "p95"}
    </Badge>
  );
}

function cohortText({ cohort }: LatencyRank): string {
  const { promptName, promptVersion, abTest, variant } = cohort;
  if (promptName === null && abTest === null) return "traces of this project";
  const prompt = promptName && `of ${promptName}${promptVersion === null ? "" : ` ${promptVersion}`}`;
  return ["traces", prompt, abTest && `in ${abTest}, variant ${variant}`].filter(Boolean).join(" ");
}
