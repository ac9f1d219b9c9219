import { expect, test } from "vitest";
import { layoutSpans, type TreeSpan, visibleRows } from "./span-tree.ts";
import { moveOf } from "./use-span-keys.ts";

const span = (spanId: string, parentSpanId: string | null, startTimeUs: number): TreeSpan => ({
  spanId,
  parentSpanId,
  name: spanId,
  operation: "chain",
  status: "ok",
  startTimeUs,
  durationUs: 1,
});
const all = layoutSpans([span("a", null, 0), span("b", "a", 1), span("c", "b", 2), span("d", "a", 3)]);

/** The span that the key leads to, "toggle", or null. */
function press(key: string, from: string, collapsed: string[] = []) {
  const hidden = new Set(collapsed);
  const rows = visibleRows(all, hidden);
  const move = moveOf(
    key,
    rows,
    rows.findIndex((row) => row.span.spanId === from),
    hidden,
  );
  return move?.type === "select" ? rows[move.to]!.span.spanId : (move?.type ?? null);
}

test.each([
  ["ArrowDown", "a", "b"],
  ["ArrowDown", "d", null],
  ["ArrowUp", "a", null],
  ["ArrowUp", "d", "c"],
  ["ArrowLeft", "c", "b"],
  ["ArrowLeft", "d", "a"],
  ["ArrowLeft", "b", "toggle"],
  ["ArrowRight", "b", "c"],
  ["ArrowRight", "c", null],
  ["End", "a", "d"],
  ["Home", "a", null],
])("%s at %s leads to %s", (key, from, to) => {
  expect(press(key, from)).toBe(to);
});

test("a collapsed span is stepped over, opened to the right, and left to the left", () => {
  expect(press("ArrowDown", "b", ["b"])).toBe("d");
  expect(press("ArrowRight", "b", ["b"])).toBe("toggle");
  expect(press("ArrowLeft", "b", ["b"])).toBe("a");
});
