import { expect, test } from "vitest";
import type { TraceSummary } from "#lib/traces/schema.ts";
import { mergeTraces } from "./merge-traces.ts";

const trace = (traceId: string, startTimeUs: number, spanCount = 1) =>
  ({ traceId, startTimeUs, spanCount }) as TraceSummary;
const ids = (traces: TraceSummary[]) => traces.map((each) => `${each.traceId}${each.spanCount}`).join(" ");

test("new traces go on top, newest first, and known ones are brought up to date in place", () => {
  const merged = mergeTraces(
    { shown: [trace("b", 2), trace("a", 1)], waiting: [] },
    [trace("d", 4), trace("c", 3), trace("a", 1, 5)],
    true,
  );
  expect(ids(merged.shown)).toBe("d1 c1 b1 a5");
});

test("while someone reads, new traces wait and nothing moves", () => {
  const first = mergeTraces({ shown: [trace("a", 1)], waiting: [] }, [trace("b", 2)], false);
  const second = mergeTraces(first, [trace("c", 3), trace("b", 2, 4)], false);
  expect([ids(second.shown), ids(second.waiting)]).toEqual(["a1", "c1 b4"]);
  expect(ids(mergeTraces(second, [], true).shown)).toBe("c1 b4 a1");
});
