import { expect, test } from "vitest";
import { histogramOf, type LogHistogram } from "#lib/stats/log-histogram.ts";
import { type RandomStream, randomStream } from "#lib/stats/random.ts";
import { mergeSums, unitSums } from "#lib/stats/sums.ts";
import { analyze, pooledBaselines } from "./analyze.ts";
import type { Arm, Cells, MeasureCell } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { freezeScales } from "./freeze-scales.ts";
import type { Measure } from "./metrics.ts";
import { assignmentSchema, designSchema, type Metrics, policySchema } from "./schema.ts";
import { decideVerdict } from "./verdict.ts";

const startedAt = new Date("2026-01-01T00:00:00Z");
const day = 86_400_000;

type Behavior = { units: number; helpful: number; errors: number; latencyMs: number; multiple?: number };
const same: Behavior = { units: 2000, helpful: 0.6, errors: 0.03, latencyMs: 500 };

test.each([
  { name: "too few units", a: { ...same, units: 40 }, b: { ...same, units: 40 }, state: "collecting" },
  { name: "an uneven split", a: { ...same, units: 2400 }, b: { ...same, units: 1600 }, state: "invalid" },
  { name: "units in two variants", a: same, b: { ...same, multiple: 100 }, state: "invalid" },
  { name: "more errors", a: same, b: { ...same, errors: 0.2 }, state: "harm" },
  { name: "worse answers", a: same, b: { ...same, helpful: 0.4 }, state: "harm" },
  { name: "better answers", a: same, b: { ...same, helpful: 0.75 }, state: "ship_ready" },
  { name: "better but slower", a: same, b: { ...same, helpful: 0.75, latencyMs: 1000 }, state: "harm" },
  {
    name: "no difference, few units",
    a: { ...same, units: 300 },
    b: { ...same, units: 300 },
    state: "keep_running",
  },
  {
    name: "no difference, many units",
    a: { ...same, units: 9000 },
    b: { ...same, units: 9000 },
    state: "no_meaningful_difference",
  },
])("$name: $state", ({ a, b, state }) => {
  const { verdict } = look({ a, b });
  expect(verdict.state).toBe(state);
  expect(verdict.sentence).toMatch(/^[A-Z].*\.$/s);
});

test("a real difference is not shipped before the minimum duration, and the days are what is missing", () => {
  const { verdict } = look({ a: same, b: { ...same, helpful: 0.75 }, days: 3 });
  expect(verdict.state).toBe("keep_running");
  expect(verdict.missing).toEqual(["It must run for 7 days (4 more), to see every day of the week."]);
});

test("a harm needs no minimum duration", () => {
  expect(look({ a: same, b: { ...same, errors: 0.2 }, days: 1 }).verdict.state).toBe("harm");
});

test("an unresolved guardrail keeps a better variant from shipping, and is named", () => {
  const metrics: Metrics = {
    ...standard,
    guardrails: [{ metric: "error_rate", margin: { kind: "absolute", value: 0.001 } }],
  };
  const { verdict } = look({ a: same, b: { ...same, helpful: 0.75 }, metrics });
  expect(verdict.state).toBe("keep_running");
  expect(verdict.missing[0]).toMatch(/^Error rate must be shown to be not worse by 0.100 pp/);
});

test("of two variants that may ship the cheaper one does, unless the other is clearly better", () => {
  const three = (c: Behavior, costs: [number, number, number]) => {
    const cells = cellsOf({ a: same, b: { ...same, helpful: 0.75 } }, 1);
    const random = randomStream(9);
    const arms = [...cells.arms, armOf("C", c, random)].map((arm, i) => ({
      ...arm,
      measures: new Map([
        ...arm.measures,
        [
          "cost_usd" as const,
          {
            sums: mergeSums([unitSums(costs[i]!), unitSums(costs[i]!)]),
            positiveUnits: 2,
            isBinary: false,
            histograms: [],
          },
        ] as const,
      ]),
    }));
    return verdictOf({ ...cells, arms }, ["A", "B", "C"]);
  };
  const alike = three({ ...same, helpful: 0.74 }, [1, 3, 2]);
  expect(alike.recommendation).toEqual({ action: "promote", variantKey: "C" });
  expect(alike.advice).toContain("C is cheaper");
  expect(three({ ...same, helpful: 0.95 }, [1, 2, 3]).recommendation.variantKey).toBe("C");
  expect(three({ ...same, helpful: 0.74 }, [1, 2, 3]).recommendation.variantKey).toBe("B");
});

test("a total per user can be watched and never ships; per session it decides", () => {
  const metrics: Metrics = { ...standard, success: [{ metric: "score:helpful.per_unit" }] };
  const better = { a: same, b: { ...same, helpful: 0.9 }, metrics };
  const { verdict } = look(better);
  expect(verdict.state).toBe("keep_running");
  expect(verdict.missing[0]).toContain("can be watched");
  expect(look({ ...better, unitKind: "session" }).verdict.state).toBe("ship_ready");
});

test("an undecided test is inconclusive at its maximum duration and keeps the control", () => {
  const { verdict } = look({ a: { ...same, units: 300 }, b: { ...same, units: 300 }, days: 28 });
  expect(verdict).toMatchObject({
    state: "inconclusive",
    recommendation: { action: "keep_control", variantKey: "A" },
  });
});

test("an interval that holds zero never says better or worse", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { analysis } = look({ a: { ...same, units: 400 }, b: { ...same, units: 400 }, seed });
    for (const metric of analysis.metrics)
      for (const { estimate, state } of metric.comparisons)
        if (estimate && estimate.lower <= 0 && estimate.upper >= 0)
          expect(["better", "worse"]).not.toContain(state);
  }
});

test("the relative and the absolute interval agree on whether zero is inside", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { analysis } = look({
      a: { ...same, units: 400 },
      b: { ...same, helpful: 0.66, units: 400 },
      seed,
    });
    for (const { estimate } of analysis.metrics.flatMap((metric) => metric.comparisons)) {
      if (!estimate?.relative) continue;
      const holdsZero = (interval: { lower: number; upper: number }) =>
        interval.lower <= 0 && interval.upper >= 0;
      expect(holdsZero(estimate.relative)).toBe(holdsZero(estimate));
    }
  }
});

test("few errors are compared by units, with an interval that needs no large counts", () => {
  const { analysis } = look({ a: { ...same, errors: 0.0005 }, b: { ...same, errors: 0.0005 } });
  const errors = analysis.metrics.find((metric) => metric.id === "error_rate")!;
  expect(errors.comparisons[0]!.estimate).toMatchObject({ method: "small_counts", standardError: null });
  expect(errors.comparisons[0]!.state).not.toBe("worse");
});

test("a change of split between phases cannot pose as an effect", () => {
  // Scores rise for both between the phases, and B has most of the second one's units.
  const first = cellsOf(
    { a: { ...same, helpful: 0.2, units: 3000 }, b: { ...same, helpful: 0.2, units: 1000 } },
    1,
  );
  const second = cellsOf(
    { a: { ...same, helpful: 0.8, units: 1000 }, b: { ...same, helpful: 0.8, units: 3000 } },
    2,
  );
  const cells = { ...first, arms: [...first.arms, ...second.arms.map((arm) => ({ ...arm, phase: 2 }))] };
  const test = makeTest(standard);
  test.phases = [
    { number: 1, weights: { A: 0.75, B: 0.25 }, coverage: 1, startedAt, endedAt: startedAt },
    { number: 2, weights: { A: 0.25, B: 0.75 }, coverage: 1, startedAt, endedAt: null },
  ];
  const analysis = analyze(frozen(test, cells), cells, new Date(startedAt.getTime() + 10 * day));
  expect(analysis.health.level).toBe("ok");
  const helpful = analysis.metrics[0]!.comparisons[0]!;
  expect(Math.abs(helpful.estimate!.difference)).toBeLessThan(0.02);
  expect(helpful.state).not.toBe("better");
});

const standard: Metrics = {
  success: [{ metric: "score:helpful", mde: { kind: "absolute", value: 0.05 } }],
  guardrails: [
    { metric: "error_rate", margin: { kind: "absolute", value: 0.02 } },
    { metric: "latency_ms.p95", margin: { kind: "relative", value: 0.2 } },
  ],
  exploratory: [],
};

function verdictOf(cells: Cells, keys: string[]) {
  const made = makeTest(standard);
  const variants = keys.map((key) => ({ ...made.variants[0]!, id: key, key, weight: 1 / keys.length }));
  const weights = Object.fromEntries(keys.map((key) => [key, 1 / keys.length]));
  const test = frozen({ ...made, variants, phases: [{ ...made.phases[0]!, weights }] }, cells);
  return decideVerdict(test, analyze(test, cells, new Date(startedAt.getTime() + 8 * day)));
}

function look(input: {
  a: Behavior;
  b: Behavior;
  days?: number;
  metrics?: Metrics;
  seed?: number;
  unitKind?: AbTest["unitKind"];
}) {
  const cells = cellsOf(input, input.seed ?? 1);
  const made = makeTest(input.metrics ?? standard);
  const test = frozen({ ...made, unitKind: input.unitKind ?? made.unitKind }, cells);
  const at = new Date(startedAt.getTime() + (input.days ?? 8) * day);
  const analysis = analyze(test, cells, at);
  return { analysis, verdict: decideVerdict(test, analysis) };
}

function frozen(test: AbTest, cells: Cells): AbTest {
  const scales = freezeScales({
    metrics: test.metrics,
    alpha: test.design.alpha,
    frozen: {},
    baselines: pooledBaselines(test, cells),
    source: "burn_in",
    at: startedAt,
  });
  return { ...test, design: { ...test.design, frozen: scales } };
}

function makeTest(metrics: Metrics): AbTest {
  const variant = { name: "", promptVersionId: "p", modelVersionId: "m", parameters: {}, weight: 0.5 };
  return {
    id: "t",
    projectId: "p",
    key: "tone",
    name: "Tone",
    hypothesis: "",
    status: "running",
    unitKind: "user",
    unitAttribute: null,
    seed: "tone",
    hashVersion: 3,
    coverage: 1,
    assignment: assignmentSchema.parse({}),
    metrics,
    design: designSchema.parse({}),
    policy: policySchema.parse({}),
    createdBy: "Ada",
    createdAt: startedAt,
    startedAt,
    stoppedAt: null,
    variants: [
      { id: "1", key: "A", ...variant },
      { id: "2", key: "B", ...variant },
    ],
    phases: [{ number: 1, weights: { A: 0.5, B: 0.5 }, coverage: 1, startedAt, endedAt: null }],
  };
}

function cellsOf({ a, b }: { a: Behavior; b: Behavior }, seed: number): Cells {
  const random = randomStream(seed);
  const arms = [armOf("A", a, random), armOf("B", b, random)];
  return {
    arms,
    multiplyExposedUnits: (a.multiple ?? 0) + (b.multiple ?? 0),
    strays: [],
    lastTraceAt: startedAt,
    cohorts: [],
    segments: [],
  };
}

function armOf(variantKey: string, behavior: Behavior, random: RandomStream): Arm {
  const perUnit = Array.from({ length: behavior.units }, () => {
    const traces = 1 + random.integer(3);
    const taste = 0.1 * random.normal();
    const times = <T>(draw: () => T) => Array.from({ length: traces }, draw);
    return {
      "score:helpful": times(() => random.bernoulli(Math.min(1, Math.max(0, behavior.helpful + taste)))),
      error_rate: times(() => random.bernoulli(behavior.errors)),
      latency_ms: times(() => behavior.latencyMs * Math.exp(0.4 * random.normal())),
    };
  });
  const cellOf = (measure: keyof (typeof perUnit)[number]): MeasureCell => {
    const totals = perUnit.map((unit) => unit[measure]);
    const groups: number[][] = Array.from({ length: 100 }, () => []);
    for (const [i, values] of totals.entries()) groups[i % 100]!.push(...values);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    return {
      sums: mergeSums(totals.map((values) => unitSums(sum(values), values.length))),
      positiveUnits: totals.filter((values) => sum(values) > 0).length,
      isBinary: measure !== "latency_ms",
      histograms: measure === "latency_ms" ? groups.map((values): LogHistogram => histogramOf(values)) : [],
    };
  };
  const measures = new Map<Measure, MeasureCell>(
    (["score:helpful", "error_rate", "latency_ms"] as const).map((measure) => [measure, cellOf(measure)]),
  );
  const traces = measures.get("error_rate")!.sums.n;
  return { variantKey, phase: 1, units: behavior.units, traces, measures };
}
