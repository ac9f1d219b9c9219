import { expect, test } from "vitest";
import { parseMetric } from "#lib/abtests/metrics.ts";
import { aggregationsOf, type CustomMetric, customMetricId } from "./custom-metric.ts";

const base: CustomMetric = { measure: "score", scoreName: "helpful", atLeast: "", aggregation: "mean" };

test.each<[Partial<CustomMetric>, string | null]>([
  [{}, "score:helpful"],
  [{ atLeast: "0,8" }, "score:helpful>=0.8"],
  [{ aggregation: "unit_share" }, "score:helpful.unit_share"],
  [{ scoreName: " " }, null],
  [{ atLeast: "high" }, null],
  [{ measure: "cost_usd", aggregation: "p95" }, "cost_usd.p95"],
  [{ measure: "traces", aggregation: "per_unit" }, "traces.per_unit"],
])("%o is %s", (fields, id) => {
  expect(customMetricId({ ...base, ...fields })).toBe(id);
});

test("whatever can be composed is in the catalogue", () => {
  const measures = ["score", "error_rate", "retries", "latency_ms", "time_to_first_token_ms"] as const;
  for (const measure of [...measures, "cost_usd", "input_tokens", "output_tokens", "traces"] as const)
    for (const { value } of aggregationsOf({ measure, atLeast: "" })) {
      const id = customMetricId({ ...base, measure, aggregation: value });
      expect([id, parseMetric(id!) !== null]).toEqual([id, true]);
    }
});
