import { expect, test } from "vitest";
import { type AskedOutcome, choosePairs, chooseSample, chooseWorst } from "./choose-examples.ts";

function trace(
  traceId: string,
  question: string | null,
  score: number | null,
  more: Partial<AskedOutcome> = {},
) {
  return {
    traceId,
    variantKey: "A",
    unitId: traceId,
    at: new Date(0),
    environment: null,
    isError: false,
    latencyMs: 100,
    costUsd: null,
    score,
    question,
    ...more,
  } satisfies AskedOutcome;
}

test("of each question that both were asked the furthest apart are paired, widest first, from both sides", () => {
  const control = [
    trace("a1", "capital of Peru", 1),
    trace("a2", "capital of Peru", 0.2),
    trace("a3", "capital of Chad", 0),
    trace("a4", "only A", 1),
    trace("a5", "capital of Oman", null),
  ];
  const treatment = [
    trace("b1", "capital of Peru", 0.4),
    trace("b2", "capital of Chad", 0.5),
    trace("b3", "only B", 0),
    trace("b4", "capital of Oman", 1),
  ];
  const pairs = choosePairs(control, treatment, { measure: "score", limit: 4 });
  expect(
    pairs.map((pair) => [pair.control.traceId, pair.treatment.traceId, Number(pair.gap.toFixed(3))]),
  ).toEqual([
    ["a1", "b1", -0.6],
    ["a3", "b2", 0.5],
  ]);
});

test("one side does not crowd the other out", () => {
  const control = Array.from({ length: 10 }, (_, i) => trace(`a${i}`, `q${i}`, i === 9 ? 0.6 : 0));
  const treatment = Array.from({ length: 10 }, (_, i) => trace(`b${i}`, `q${i}`, i === 9 ? 0.5 : 1));
  const pairs = choosePairs(control, treatment, { measure: "score", limit: 4 });
  expect(pairs).toHaveLength(4);
  expect(pairs.filter((pair) => pair.gap < 0)).toHaveLength(1);
});

test("the worst follow the metric's direction and leave out what has no value", () => {
  const traces = [trace("x", null, 0.1), trace("y", null, 0.9), trace("z", null, null)];
  const worst = (isHigherBetter: boolean) =>
    chooseWorst(traces, { measure: "score", isHigherBetter, limit: 5 }).map((each) => each.traceId);
  expect(worst(true)).toEqual(["x", "y"]);
  expect(worst(false)).toEqual(["y", "x"]);
});

test("a sample takes from every environment in turn and never more than there are", () => {
  const traces = [
    ...Array.from({ length: 9 }, (_, i) => trace(`p${i}`, null, 1, { environment: "production" })),
    trace("s0", null, 1, { environment: "staging" }),
  ];
  const sample = chooseSample(traces, 4);
  expect(sample.filter((each) => each.environment === "staging")).toHaveLength(1);
  expect(sample).toHaveLength(4);
  expect(chooseSample(traces.slice(0, 2), 4)).toHaveLength(2);
});
