import { type Context, requireScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import type { TraceFilterDraft, TraceSummary } from "./schema.ts";
import { findTrace } from "./store/find-trace.ts";
import { matchTraces } from "./store/match-traces.ts";
import { readTexts } from "./store/read-texts.ts";
import { searchTraces } from "./store/search-traces.ts";

/** What is exported: all that match, the newest first, or those chosen by id, in the order given. */
export type ExportChoice = { filter: TraceFilterDraft } | { traceIds: readonly string[] };

/** A page at a time: what is not yet asked for is not yet read, so that an export of any length takes no memory. */
const pageSize = 100;

/** The traces in pages, each with what was asked and answered in full. Needs `read`. */
export async function* exportSummaries(ctx: Context, choice: ExportChoice): AsyncGenerator<TraceSummary[]> {
  requireScope(ctx, "read");
  for await (const page of pagesOf(ctx, choice)) {
    const texts = await readTexts(
      ctx,
      page.map((trace) => trace.traceId),
    );
    yield page.map((trace) => {
      const { input = trace.input, output = trace.output } = texts.get(trace.traceId) ?? {};
      return { ...trace, input, output };
    });
  }
}

/** The same with every span (content and what was sent) and score, one trace a page. */
export async function* exportTraces(ctx: Context, choice: ExportChoice) {
  for await (const page of pagesOf(ctx, choice)) {
    for (const summary of page) {
      const trace = await findOrNull(ctx, summary.traceId);
      if (trace) yield [{ ...summary, spans: trace.spans, scores: trace.scores }];
    }
  }
}

async function* pagesOf(ctx: Context, choice: ExportChoice): AsyncGenerator<TraceSummary[]> {
  if ("traceIds" in choice) {
    for (let at = 0; at < choice.traceIds.length; at += pageSize) {
      yield await matchTraces(ctx, {}, choice.traceIds.slice(at, at + pageSize));
    }
    return;
  }
  let cursor: string | null = null;
  do {
    const page = await searchTraces(ctx, { filter: choice.filter, limit: pageSize, cursor });
    yield page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** A trace can be deleted between its listing and its reading. */
async function findOrNull(ctx: Context, traceId: string) {
  try {
    return await findTrace(ctx, traceId);
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return null;
    throw error;
  }
}
