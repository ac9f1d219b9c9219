import type { Context } from "#lib/core/context.ts";
import type { TraceFilterDraft, TraceSummary } from "./schema.ts";
import { findTrace } from "./store/find-trace.ts";
import { searchTraces } from "./store/search-traces.ts";

const pageSize = 100;

/** Every trace that matches, newest first, a page at a time: what is not yet asked for is not yet read. */
export async function* exportSummaries(ctx: Context, filter: TraceFilterDraft): AsyncGenerator<TraceSummary> {
  let cursor: string | null = null;
  do {
    const page = await searchTraces(ctx, { filter, limit: pageSize, cursor });
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** The same, each with its spans (content and what was sent) and scores. */
export async function* exportTraces(ctx: Context, filter: TraceFilterDraft) {
  for await (const summary of exportSummaries(ctx, filter)) {
    const { spans, scores } = await findTrace(ctx, summary.traceId);
    yield { ...summary, spans, scores };
  }
}
