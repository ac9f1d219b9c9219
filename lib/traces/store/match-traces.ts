import { type Context, requireScope } from "#lib/core/context.ts";
import { type TraceFilterDraft, type TraceSummary, traceFilter } from "../schema.ts";
import { matchAmong } from "./scan-traces.ts";
import { summarizeTraces } from "./summarize-traces.ts";

/** Those of the traces that the filter matches, the newest first. Needs `read`. */
export async function matchTraces(
  ctx: Context,
  filter: TraceFilterDraft,
  traceIds: readonly string[],
): Promise<TraceSummary[]> {
  requireScope(ctx, "read");
  if (traceIds.length === 0) return [];
  return summarizeTraces(ctx, await matchAmong(ctx.projectId, traceFilter.parse(filter), traceIds));
}
