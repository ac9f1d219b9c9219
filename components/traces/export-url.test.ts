import { expect, test } from "vitest";
import { exportUrl, liveUrl } from "./export-url.ts";
import { parseFilter } from "./filter-language.ts";
import { toTraceFilter } from "./to-trace-filter.ts";

const queryOf = (text: string) => {
  const filter = toTraceFilter(parseFilter(text).terms, { type: "all" }, 0);
  return new URL(exportUrl("demo", filter, "csv"), "http://x").searchParams;
};

test("the export asks for what the list shows", () => {
  const query = queryOf(
    'status:error model:gpt-4o tag:a tag:b "two words" has:feedback score.good:yes latency>=2s',
  );
  expect([...query]).toEqual([
    ["project", "demo"],
    ["status", "error"],
    ["model", "gpt-4o"],
    ["tag", "a"],
    ["tag", "b"],
    ["text", "two words"],
    ["has", "feedback"],
    ["score", "good=true"],
    ["minLatencyMs", "2000"],
    ["format", "csv"],
  ]);
});

test("what is followed has no end in time", () => {
  const range = { type: "exact", fromMs: 0, toMs: 60_000 } as const;
  const filter = toTraceFilter(parseFilter("status:error").terms, range, 0);
  expect([...new URL(liveUrl("demo", filter), "http://x").searchParams.keys()]).toEqual([
    "project",
    "from",
    "status",
  ]);
});

test("“more than” leaves out its bound", () => {
  expect(Number(queryOf("tokens>100").get("minTokens"))).toBeGreaterThan(100);
  expect(Number(queryOf("cost<0.01").get("maxCostUsd"))).toBeLessThan(0.01);
  expect(Number(queryOf("cost>0").get("minCostUsd"))).toBeGreaterThan(0);
});
