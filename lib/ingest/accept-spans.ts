import { type Context, requireScope } from "#lib/core/context.ts";
import { keepLeafCalls, linkSpan } from "#lib/traces/link-span.ts";
import type { SpanContent, SpanFacts } from "#lib/traces/span.ts";
import { loadLinks } from "#lib/traces/store/links.ts";
import { writeSpans } from "#lib/traces/store/write-spans.ts";
import { boundSpan } from "./bound-span.ts";

export type RejectedSpan = { traceId: string; spanId: string; message: string };

/** A span from any door. One whose content can be derived from `raw` (OTLP's) comes without it. */
export type IncomingSpan = SpanFacts | (SpanFacts & SpanContent);

/**
 * The funnel that every door ends in: spans are bounded, linked to prompt version, model version and A/B test,
 * priced, and stored. When it resolves they are committed; a span that was already there is completed, not
 * doubled. Needs `traces:write`. Throws `unavailable` with `retryAfterS` under pressure.
 */
export async function acceptSpans(
  ctx: Context,
  spans: readonly IncomingSpan[],
): Promise<{ accepted: number; rejected: RejectedSpan[] }> {
  requireScope(ctx, "traces:write");
  const receivedAtUs = Date.now() * 1000;
  const rejected: RejectedSpan[] = [];
  const bounded = spans.flatMap((span) => {
    const result = boundSpan(span);
    if ("message" in result)
      rejected.push({ traceId: span.traceId, spanId: span.spanId, message: result.message });
    return "span" in result ? [{ span: result.span, content: contentOf(span) }] : [];
  });
  const links = await loadLinks(
    ctx.projectId,
    bounded.map(({ span }) => span),
  );
  const rows = bounded.map((version) => linkSpan(ctx.projectId, version, links, receivedAtUs));
  keepLeafCalls(rows);
  await writeSpans(rows);
  return { accepted: rows.length, rejected };
}

function contentOf(span: IncomingSpan): SpanContent | null {
  if (!("inputMessages" in span)) return null;
  return {
    metadata: span.metadata,
    parameters: span.parameters,
    inputMessages: span.inputMessages,
    outputMessages: span.outputMessages,
    inputValue: span.inputValue,
    outputValue: span.outputValue,
    tools: span.tools,
    finishReasons: span.finishReasons,
    variables: span.variables,
  };
}
