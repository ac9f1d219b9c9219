import type { TreeSpan } from "./span-tree.ts";

/**
 * The spans of a trace as one text, for the way from server to browser: ten thousand objects in a page's props take
 * React seconds to write and read, one text of the same content takes it milliseconds.
 */
export function packSpans(spans: readonly TreeSpan[]): string {
  const startUs = spans[0]?.startTimeUs ?? 0;
  return JSON.stringify([
    startUs,
    spans.map(
      (span): Packed => [
        span.spanId,
        span.parentSpanId,
        span.name,
        span.operation,
        span.status === "error" ? 1 : 0,
        span.startTimeUs - startUs,
        span.durationUs,
      ],
    ),
  ]);
}

export function unpackSpans(text: string): TreeSpan[] {
  const [startUs, packed] = JSON.parse(text) as [number, Packed[]];
  return packed.map(([spanId, parentSpanId, name, operation, isError, offsetUs, durationUs]) => ({
    spanId,
    parentSpanId,
    name,
    operation,
    status: isError ? "error" : "ok",
    startTimeUs: startUs + offsetUs,
    durationUs,
  }));
}

type Packed = [
  spanId: string,
  parentSpanId: string | null,
  name: string,
  operation: TreeSpan["operation"],
  isError: 0 | 1,
  offsetUs: number,
  durationUs: number | null,
];
