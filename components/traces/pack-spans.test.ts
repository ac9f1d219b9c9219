import { expect, test } from "vitest";
import { packSpans, unpackSpans } from "./pack-spans.ts";
import type { TreeSpan } from "./span-tree.ts";

test("spans arrive as they were sent", () => {
  const spans: TreeSpan[] = [
    {
      spanId: "a",
      parentSpanId: null,
      name: 'chat "x"',
      operation: "chat",
      status: "error",
      startTimeUs: 1_795_400_505_644_001,
      durationUs: 12,
    },
    {
      spanId: "b",
      parentSpanId: "a",
      name: "",
      operation: "other",
      status: "ok",
      startTimeUs: 1_795_400_505_643_999,
      durationUs: null,
    },
  ];
  expect(unpackSpans(packSpans(spans))).toEqual(spans);
  expect(unpackSpans(packSpans([]))).toEqual([]);
});
