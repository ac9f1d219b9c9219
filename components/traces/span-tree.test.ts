import { expect, test } from "vitest";
import { layoutSpans, type TreeSpan, traceBounds, visibleRows } from "./span-tree.ts";

const span = (
  spanId: string,
  parentSpanId: string | null,
  startTimeUs = 0,
  durationUs: number | null = 10,
): TreeSpan => ({
  spanId,
  parentSpanId,
  name: spanId,
  operation: "chain",
  status: "ok",
  startTimeUs,
  durationUs,
});
const shapeOf = (spans: TreeSpan[]) =>
  layoutSpans(spans).map((row) => `${"-".repeat(row.depth)}${row.span.spanId}/${row.descendantCount}`);

test("parents come before children and siblings by start, in whichever order the spans arrived", () => {
  expect(shapeOf([span("d", "b", 4), span("c", "a", 3), span("b", "a", 2), span("a", null, 1)])).toEqual([
    "a/3",
    "-b/1",
    "--d/0",
    "-c/0",
  ]);
});

test("a span whose parent is missing is a root", () => {
  expect(shapeOf([span("a", "gone", 1), span("b", null, 0)])).toEqual(["b/0", "a/0"]);
});

test("spans that are each other's ancestors are all shown once", () => {
  expect(shapeOf([span("a", "b", 0), span("b", "a", 1), span("c", "c", 2)])).toEqual(["c/0", "a/1", "-b/0"]);
});

test("a chain ten thousand deep and ten thousand siblings are laid out", () => {
  const chain = Array.from({ length: 10_000 }, (_, at) => span(`s${at}`, at === 0 ? null : `s${at - 1}`, at));
  const rows = layoutSpans(chain);
  expect(rows.at(-1)!.depth).toBe(9999);
  expect(rows[0]!.descendantCount).toBe(9999);
  const flat = Array.from({ length: 10_000 }, (_, at) => span(`f${at}`, "root", at));
  expect(layoutSpans([span("root", null), ...flat])[0]!.descendantCount).toBe(10_000);
});

test("a collapsed span hides all that is inside it and nothing else", () => {
  const rows = layoutSpans([span("a", null), span("b", "a", 1), span("c", "b", 2), span("d", "a", 3)]);
  expect(visibleRows(rows, new Set(["b"])).map((row) => row.span.spanId)).toEqual(["a", "b", "d"]);
  expect(visibleRows(rows, new Set(["a", "b"])).map((row) => row.span.spanId)).toEqual(["a"]);
});

test("a trace lasts from its first start to its last end", () => {
  expect(traceBounds([span("a", null, 100, 50), span("b", "a", 90, null), span("c", "a", 120, 80)])).toEqual({
    startUs: 90,
    durationUs: 110,
  });
});
