import { expect, test } from "vitest";
import { buildTree, flattenTree } from "./tree.ts";

const span = (spanId: string, parentSpanId: string | null, startTimeUs: number) => ({
  spanId,
  parentSpanId,
  startTimeUs,
});

function shape(spans: ReturnType<typeof span>[]): string[] {
  return flattenTree(buildTree(spans)).map((node) => `${"-".repeat(node.depth)}${node.span.spanId}`);
}

test("children stand under their parents in order of start, however they arrive", () => {
  expect(shape([span("c", "a", 3), span("d", "b", 9), span("a", null, 1), span("b", "a", 2)])).toEqual([
    "a",
    "-b",
    "--d",
    "-c",
  ]);
});

test("a span whose parent is absent is a root", () => {
  expect(shape([span("a", "gone", 1), span("b", null, 2)])).toEqual(["a", "b"]);
});

test("spans that name each other, or themselves, as parents are all there once", () => {
  expect(shape([span("a", "b", 1), span("b", "a", 2), span("c", "c", 3), span("d", "b", 4)]).sort()).toEqual(
    ["a", "-b", "--d", "c"].sort(),
  );
});

test("a chain of 100,000 spans is laid out", () => {
  const chain = Array.from({ length: 100_000 }, (_, i) => span(String(i), i === 0 ? null : String(i - 1), i));
  expect(flattenTree(buildTree(chain)).at(-1)!.depth).toBe(99_999);
});
