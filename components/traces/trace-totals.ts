import { countOf, formatCount, formatDuration, formatUsd } from "#components/ui/format.ts";
import type { SpanSummary } from "#lib/traces/store/span-rows.ts";

/** What a trace adds up to, as a row of facts. Only leaf model calls are summed: their parents repeat what they used. */
export function traceFacts(spans: readonly SpanSummary[]): string[] {
  const calls = spans.filter((span) => span.isModelCall);
  const tokensIn = sumKnown(calls.map((call) => call.usage.inputTokens));
  const tokensOut = sumKnown(calls.map((call) => call.usage.outputTokens));
  const cost = sumKnown(calls.map((call) => call.cost.usd));
  const said = (count: number | null) => (count === null ? "?" : formatCount(count));
  return [
    formatDuration(durationMs(spans)),
    countOf(spans.length, "span"),
    calls.length > 0 ? countOf(calls.length, "model call") : null,
    tokensIn === null && tokensOut === null ? null : `${said(tokensIn)} in, ${said(tokensOut)} out tokens`,
    cost === null ? null : formatUsd(cost),
  ].filter((fact) => fact !== null);
}

/** The first span whose parent is not in the trace; the spans come in order of start. */
export function rootOf(spans: readonly SpanSummary[]): SpanSummary {
  const ids = new Set(spans.map((span) => span.spanId));
  return spans.find((span) => span.parentSpanId === null || !ids.has(span.parentSpanId)) ?? spans[0]!;
}

function durationMs(spans: readonly SpanSummary[]): number {
  const startUs = spans[0]?.startTimeUs ?? 0;
  const endUs = spans.reduce((last, span) => Math.max(last, span.endTimeUs ?? span.startTimeUs), startUs);
  return (endUs - startUs) / 1000;
}

/** Null when nothing is known: missing is not zero. */
function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
