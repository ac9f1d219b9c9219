import { expect, test } from "vitest";
import { traceFilter } from "#lib/traces/schema.ts";
import { type FilterField, filterFields } from "./filter-fields.ts";
import { parseFilter } from "./filter-language.ts";
import { toTraceFilter } from "./to-trace-filter.ts";

const all = { type: "all" } as const;
const searchOf = (text: string) => toTraceFilter(parseFilter(text).terms, all, 0);

test("every name of the language is a condition of the search", () => {
  for (const field of filterFields as readonly FilterField[]) {
    const { problems } = parseFilter(field.example);
    expect(problems, field.example).toEqual([]);
    const search = traceFilter.parse(searchOf(field.example));
    const said = Object.values(search)
      .flat()
      .filter((value) => value !== undefined);
    expect(said.length, field.example).toBe(1);
  }
});

test("terms become one search", () => {
  expect(
    searchOf('status:error tag:a tag:b latency:1s..5s score.good:yes score.tone>=0.5 "late refund" x'),
  ).toEqual({
    status: "error",
    tags: ["a", "b"],
    comparisons: [
      { field: "latencyMs", operator: ">=", value: 1000 },
      { field: "latencyMs", operator: "<=", value: 5000 },
    ],
    scores: [
      { name: "good", operator: "=", value: true },
      { name: "tone", operator: ">=", value: 0.5 },
    ],
    text: ["late refund", "x"],
  });
});

test("a relative range counts back from now", () => {
  const nowMs = Date.parse("2026-11-23T12:00:00Z");
  const search = toTraceFilter([], { type: "last", text: "1h", durationMs: 3_600_000 }, nowMs);
  expect(search).toEqual({ from: "2026-11-23T11:00:00.000Z" });
});
