import { expect, test } from "vitest";
import { compareToBaseline, estimateMean, exactSignTest, wilson } from "./compare.ts";
import type { Metric } from "./metrics.ts";

const accuracy: Metric = { key: "exact", label: "exact", scale: "binary", higherIsBetter: true };
const latency: Metric = { key: "@latency", label: "Latency", scale: "ms", higherIsBetter: false };
const own = (items: number, mean: number | null, variance: number | null, observations = items) => ({
  items,
  observations,
  unscored: 0,
  mean,
  variance,
});

test.each([
  // R: prop.test(x, n, correct = FALSE)
  [81, 263, 0.2553, 0.3662],
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
])("Wilson's interval of %d in %d is %d to %d", (hits, n, lower, upper) => {
  const interval = wilson(hits / n, n);
  expect(interval.lower).toBeCloseTo(lower, 4);
  expect(interval.upper).toBeCloseTo(upper, 4);
});

test.each([
  // R: binom.test(b, b + c)$p.value
  [6, 0, 0.03125],
  [1, 9, 0.021484375],
  [5, 5, 1],
  [0, 0, 1],
])("the exact sign test of %d against %d is P = %d", (higher, lower, p) => {
  expect(exactSignTest(higher, lower)).toBeCloseTo(p, 10);
});

test("a numeric mean has Student's interval", () => {
  // t(0.975, 9) = 2.262157; 100 ± 2.262157·√(400/10)
  const cell = estimateMean("ms", own(10, 100, 400));
  expect(cell).toMatchObject({ status: "estimated", mean: 100, items: 10 });
  expect(cell.status === "estimated" && cell.lower).toBeCloseTo(85.6929, 3);
});

test("an interval of a share stays between 0 and 1", () => {
  expect(estimateMean("unit", own(3, 0.95, 0.02))).toMatchObject({ upper: 1 });
});

test.each([
  ["ms", own(0, null, null), { status: "not_estimable", reason: "no_values" }],
  ["ms", own(1, 5, null), { status: "mean_only", reason: "one_item", mean: 5 }],
  ["unit", own(9, 1, 0), { status: "mean_only", reason: "no_variation", mean: 1 }],
  ["binary", own(1, 1, null), { status: "estimated", mean: 1, upper: 1 }],
] as const)("without spread there is no made-up interval: %s %j", (scale, sums, expected) => {
  expect(estimateMean(scale, sums)).toMatchObject(expected);
});

test("ten repeats of ten items that always agree are worth ten answers, not a hundred", () => {
  const width = (cell: ReturnType<typeof estimateMean>) =>
    cell.status === "estimated" ? cell.upper - cell.lower : Number.NaN;
  const once = width(estimateMean("binary", own(10, 0.5, 0.2778)));
  const clustered = width(estimateMean("binary", own(10, 0.5, 0.2778, 100)));
  const independent = width(estimateMean("binary", own(10, 0.5, 0.025, 100)));
  expect(clustered).toBeCloseTo(once, 6);
  expect(independent).toBeLessThan(once / 2.5);
});

test("a difference is claimed only if the interval leaves out 0", () => {
  const paired = { items: 200, mean: -40, variance: 10_000, higher: 60, lower: 140 };
  expect(compareToBaseline(latency, paired)).toMatchObject({ direction: "better", difference: -40 });
  expect(compareToBaseline({ ...latency, higherIsBetter: true }, paired)).toMatchObject({
    direction: "worse",
  });
  expect(compareToBaseline(latency, { ...paired, mean: -10 })).toMatchObject({ direction: "unresolved" });
});

test("four wins and no loss do not beat the exact test, though Student's interval leaves out 0", () => {
  const mean = 4 / 200;
  const variance = (4 - 200 * mean * mean) / 199;
  const difference = compareToBaseline(accuracy, { items: 200, mean, variance, higher: 4, lower: 0 });
  expect(difference).toMatchObject({ status: "estimated", signTestP: 0.125, direction: "unresolved" });
  expect(difference.status === "estimated" && difference.lower).toBeGreaterThan(0);
});

test("a difference of shares stays between −1 and 1", () => {
  const difference = compareToBaseline(accuracy, {
    items: 36,
    mean: 34 / 36,
    variance: 0.054,
    higher: 34,
    lower: 0,
  });
  expect(difference).toMatchObject({ upper: 1, direction: "better" });
});

test.each([
  [{ items: 0, mean: null, variance: null, higher: 0, lower: 0 }, { status: "not_estimable" }],
  [{ items: 1, mean: 1, variance: null, higher: 1, lower: 0 }, { reason: "one_item" }],
  [
    { items: 50, mean: 0, variance: 0, higher: 0, lower: 0 },
    { reason: "no_variation", difference: 0 },
  ],
])("a difference that cannot be judged is not a number that means failure: %j", (sums, expected) => {
  expect(compareToBaseline(accuracy, sums)).toMatchObject(expected);
});
