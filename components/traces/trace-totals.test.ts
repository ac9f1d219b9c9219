import { expect, test } from "vitest";
import type { SpanSummary } from "#lib/traces/store/span-rows.ts";
import { rootOf, traceFacts } from "./trace-totals.ts";

const span = (facts: { [Key in keyof SpanSummary]?: unknown }) =>
  ({
    parentSpanId: null,
    startTimeUs: 0,
    endTimeUs: null,
    isModelCall: false,
    usage: { inputTokens: null, outputTokens: null },
    cost: { usd: null },
    ...facts,
  }) as SpanSummary;

test("a parent that repeats its call's usage is not counted again", () => {
  const usage = { inputTokens: 63, outputTokens: 10 };
  const parent = span({ usage, cost: { usd: 0.02 }, endTimeUs: 2_000_000 });
  const call = span({ usage, cost: { usd: 0.02 }, isModelCall: true, startTimeUs: 500_000 });
  expect(traceFacts([parent, call])).toEqual([
    "2.00 s",
    "2 spans",
    "1 model call",
    "63 in, 10 out tokens",
    "$0.020",
  ]);
});

test("what was not reported is left out or unknown, never 0", () => {
  expect(traceFacts([span({ isModelCall: true, endTimeUs: 1000 })])).toEqual([
    "1.0 ms",
    "1 span",
    "1 model call",
  ]);
  const half = span({ isModelCall: true, usage: { inputTokens: 5, outputTokens: null } });
  expect(traceFacts([half])).toContain("5 in, ? out tokens");
});

test("the root is the first span whose parent is not there", () => {
  const spans = [
    span({ spanId: "a", parentSpanId: "b" }),
    span({ spanId: "b", parentSpanId: "gone" }),
    span({ spanId: "c", parentSpanId: null }),
  ];
  expect(rootOf(spans).spanId).toBe("b");
});
