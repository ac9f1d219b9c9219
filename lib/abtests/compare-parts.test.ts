import fc from "fast-check";
import { expect, test } from "vitest";
import { histogramOf } from "#lib/stats/log-histogram.ts";
import { randomStream } from "#lib/stats/random.ts";
import { mergeSums, unitSums } from "#lib/stats/sums.ts";
import { analyze, pooledBaselines } from "./analyze.ts";
import type { Arm, Cells, MeasureCell } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { freezeScales } from "./freeze-scales.ts";
import type { Measure } from "./metrics.ts";
import { assignmentSchema, designSchema, metricsSchema, policySchema } from "./schema.ts";
import { decideVerdict } from "./verdict.ts";

const startedAt = new Date("2026-03-02T00:00:00Z");

test("a level that differs is discovered, levels that do not are not, and the interaction shows it", () => {
  const random = randomStream(11);
  const level = (name: string, effect: number) => ({
    dimension: "country",
    level: name,
    arms: ["A", "B"].map((key) =>
      armOf(key, { "score:helpful": () => random.bernoulli(key === "B" ? 0.5 + effect : 0.5) }, 3000),
    ),
  });
  const { segments } = analyze(
    abTest(),
    { ...noCells, segments: [level("de", 0), level("fr", 0.15), level("it", 0)] },
    startedAt,
  );
  const [segment] = segments;
  expect(segment!.levels.map(({ splitLevel }) => splitLevel)).toEqual(["ok", "ok", "ok"]);
  const { effects, interactions } = segment!.metrics[0]!;
  expect(Object.fromEntries(effects.map((effect) => [effect.level, effect.isDiscovery]))).toEqual({
    de: false,
    fr: true,
    it: false,
  });
  expect(interactions[0]!.p).toBeLessThan(0.001);
});

test("a level with a wrong split is named, against a threshold that grows with the number of levels", () => {
  const part = (level: string, a: number, b: number) => ({
    dimension: "release",
    level,
    arms: [emptyArm("A", a), emptyArm("B", b)],
  });
  const { segments, health } = analyze(
    abTest(),
    {
      ...noCells,
      arms: [emptyArm("A", 3000), emptyArm("B", 2650)],
      segments: [part("1", 1500, 1480), part("2", 1500, 1170)],
    },
    startedAt,
  );
  expect(segments[0]!.levels.map(({ level, splitLevel }) => [level, splitLevel])).toEqual([
    ["1", "ok"],
    ["2", "block"],
  ]);
  expect(health.level).toBe("block");
  expect(health.problems.join(" ")).toContain("release is 2");
});

test("the quantile curve finds a slower tail and the band covers no difference where there is none", () => {
  const random = randomStream(5);
  const latency = (isSlow: boolean) => () => {
    const value = 300 * Math.exp(0.4 * random.normal());
    return isSlow && value > 450 ? value * 2 : value;
  };
  const arms = [
    armOf("A", { latency_ms: latency(false) }, 4000),
    armOf("B", { latency_ms: latency(true) }, 4000),
  ];
  const { distributions } = analyze(abTest(), { ...noCells, arms }, startedAt);
  const [shown] = distributions;
  expect(shown!.measure).toBe("latency_ms");
  const at = (level: number) => shown!.differences[0]!.points.find((point) => point.level === level)!;
  expect(at(0.95).lower!).toBeGreaterThan(0);
  expect(at(0.5).lower!).toBeLessThan(0);
  expect(at(0.5).upper!).toBeGreaterThan(0);
  for (const { cumulative } of shown!.arms) {
    expect(cumulative.length).toBeLessThanOrEqual(81);
    expect(cumulative.at(-1)!.share).toBe(1);
    expect(cumulative.every((point, i) => i === 0 || point.value > cumulative[i - 1]!.value)).toBe(true);
  }
});

test("a judge that flatters one variant is corrected by people's labels", () => {
  const random = randomStream(3);
  const judged = (key: string, units: number): Arm => {
    const totals = Array.from({ length: units }, () => {
      const truth = random.bernoulli(0.6);
      const judge = key === "B" && random.bernoulli(0.3) ? 1 : truth;
      return { judge, person: truth, isLabelled: random.bernoulli(0.4) === 1 };
    });
    const labelled = totals.filter(({ isLabelled }) => isLabelled);
    return {
      ...emptyArm(key, units),
      measures: new Map<Measure, MeasureCell>([
        ["judge:helpful", cellOf(totals.map(({ judge }) => [judge]))],
        ["person:helpful", cellOf(labelled.map(({ person }) => [person]))],
        ["gap:helpful", cellOf(labelled.map(({ judge, person }) => [person - judge]))],
        ["gapsize:helpful", cellOf(labelled.map(({ judge, person }) => [Math.abs(person - judge)]))],
      ]),
    };
  };
  // A judge of A is right too often to have any spread: let a few of its scores be wrong both ways.
  const a = judged("A", 4000);
  a.measures.get("gap:helpful")!.sums = cellOf(
    Array.from({ length: 1600 }, (_, i) => [i % 20 === 0 ? 1 : i % 20 === 1 ? -1 : 0]),
  ).sums;
  const { judges } = analyze(abTest(), { ...noCells, arms: [a, judged("B", 4000)] }, startedAt);
  const [panel] = judges;
  expect(panel!.comparisons[0]!.judge!.lower).toBeGreaterThan(0);
  const { lower, upper } = panel!.comparisons[0]!.corrected!;
  expect(lower).toBeLessThan(0);
  expect(upper).toBeGreaterThan(0);
  expect(panel!.arms[1]!.meanGap!).toBeLessThan(-0.05);
});

test("categories are compared by the share of traces, level by level", () => {
  const random = randomStream(8);
  const arm = (key: string, shares: Record<string, number>): Arm => {
    const units = Array.from({ length: 3000 }, () => {
      let left = random.uniform();
      for (const [level, share] of Object.entries(shares)) {
        left -= share;
        if (left < 0) return level;
      }
      return "rude";
    });
    const whole = cellOf(units.map(() => [1]));
    const level = (name: string): [Measure, MeasureCell] => {
      const { s, ss, ns } = cellOf(units.map((unit) => [Number(unit === name)])).sums;
      return [`level:tone\u001f${name}`, { ...whole, sums: { ...whole.sums, s, ss, ns } }];
    };
    return {
      ...emptyArm(key, units.length),
      measures: new Map<Measure, MeasureCell>([["category:tone", whole], ...Object.keys(shares).map(level)]),
    };
  };
  const arms = [
    arm("A", { warm: 0.5, neutral: 0.3, rude: 0.2 }),
    arm("B", { warm: 0.6, neutral: 0.3, rude: 0.1 }),
  ];
  const { categories } = analyze(abTest(), { ...noCells, arms }, startedAt);
  const [tone] = categories;
  expect(tone!.levels).toEqual(["warm", "neutral", "rude"]);
  expect(tone!.arms[0]!.shares.warm).toBeCloseTo(0.5, 1);
  expect(tone!.comparisons[0]!.p!).toBeLessThan(0.01);
  expect(tone!.comparisons[0]!.levels.map(({ level, isDifferent }) => [level, isDifferent])).toEqual([
    ["warm", true],
    ["neutral", false],
    ["rude", true],
  ]);
});

test("cohorts show the effect by the day that units first came", () => {
  const random = randomStream(21);
  const day = (name: string, effect: number) => ({
    day: name,
    arms: ["A", "B"].map((key) =>
      armOf(key, { "score:helpful": () => random.bernoulli(key === "B" ? 0.5 + effect : 0.5) }, 2000),
    ),
  });
  const few = { day: "2026-03-04", arms: [emptyArm("A", 3), emptyArm("B", 2)] };
  const { cohorts, progress } = analyze(
    abTest(),
    { ...noCells, cohorts: [day("2026-03-02", 0.2), day("2026-03-03", 0), few] },
    new Date("2026-03-05T00:00:00Z"),
  );
  expect(cohorts[0]!.points.map(({ difference }) => difference === null)).toEqual([false, false, true]);
  expect(cohorts[0]!.points[0]!.lower!).toBeGreaterThan(0);
  expect(progress.newUnits[0]).toEqual({ day: "2026-03-02", units: { A: 2000, B: 2000 } });
});

const noCells: Cells = {
  arms: [],
  multiplyExposedUnits: 0,
  strays: [],
  lastTraceAt: null,
  cohorts: [],
  segments: [],
};

function abTest(): AbTest {
  const variant = { name: "", promptVersionId: "p", modelVersionId: "m", parameters: {}, weight: 0.5 };
  const scale = {
    baseline: 0.5,
    source: "given" as const,
    mde: 0.1,
    tau: 0.07,
    margin: null,
    frozenAt: startedAt.toISOString(),
  };
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
    metrics: metricsSchema.parse({ success: [{ metric: "score:helpful" }] }),
    design: { ...designSchema.parse({}), frozen: { "score:helpful": scale } },
    policy: policySchema.parse({}),
    createdBy: "ada",
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

function emptyArm(variantKey: string, units: number): Arm {
  return { variantKey, phase: 1, units, traces: 0, measures: new Map() };
}

function armOf(variantKey: string, draws: Record<string, () => number>, units: number): Arm {
  const measures = Object.entries(draws).map(([measure, draw]): [Measure, MeasureCell] => [
    measure as Measure,
    cellOf(Array.from({ length: units }, () => [draw()])),
  ]);
  return { variantKey, phase: 1, units, traces: units, measures: new Map(measures) };
}

function cellOf(units: number[][]): MeasureCell {
  const totals = units.map((values) => ({
    n: values.length,
    s: values.reduce((sum, value) => sum + value, 0),
  }));
  return {
    sums: mergeSums(totals.map(({ s, n }) => unitSums(s, n))),
    positiveUnits: totals.filter(({ s }) => s > 0).length,
    isBinary: units.flat().every((value) => value === 0 || value === 1),
    histograms: Array.from({ length: 100 }, (_, group) =>
      histogramOf(units.filter((_, i) => i % 100 === group).flat()),
    ),
  };
}

test("whatever the values, a report is made, and no number in it is none", () => {
  const extreme = fc.oneof(
    fc.constantFrom(0, 1, -1, 1e-15, 1e15, -1e15, 0.5),
    fc.double({ min: -10, max: 10, noNaN: true }),
  );
  const measures: Measure[] = [
    "score:helpful",
    "latency_ms",
    "cost_usd",
    "category:tone",
    "level:tone\u001fwarm",
    "judge:helpful",
    "gap:helpful",
  ];
  const arm = (variantKey: string) =>
    fc
      .record({
        units: fc.integer({ min: 0, max: 400 }),
        values: fc.array(extreme, { minLength: 1, maxLength: 8 }),
        traces: fc.integer({ min: 1, max: 3 }),
        has: fc.array(fc.boolean(), { minLength: measures.length, maxLength: measures.length }),
      })
      .map(({ units, values, traces, has }): Arm => {
        const drawn = Array.from({ length: units }, (_, i) =>
          Array.from({ length: traces }, (_, j) => values[(i * 7 + j * 3) % values.length]!),
        );
        const present = measures.filter((_, i) => has[i] && units > 0);
        return {
          variantKey,
          phase: 1,
          units: units + 1,
          traces: units * traces,
          measures: new Map(
            present.map((measure) => [
              measure,
              cellOf(measure.startsWith("score") ? drawn : drawn.map((each) => each.map(Math.abs))),
            ]),
          ),
        };
      });
  fc.assert(
    fc.property(arm("A"), arm("B"), fc.constantFrom(0.05, 1e-9, 0.4), (a, b, alpha) => {
      const made = abTest();
      const metrics = metricsSchema.parse({
        success: [{ metric: "score:helpful" }],
        guardrails: [
          { metric: "latency_ms.p95", margin: { kind: "relative", value: 0.1 } },
          { metric: "cost_usd", margin: { kind: "absolute", value: 1 } },
        ],
      });
      const arms = [a, b];
      const cells = {
        ...noCells,
        arms,
        cohorts: [{ day: "2026-03-02", arms }],
        segments: ["1", "2"].map((level) => ({ dimension: "release", level, arms })),
      };
      const test = {
        ...made,
        metrics,
        design: {
          ...made.design,
          alpha,
          frozen: {
            ...made.design.frozen,
            ...freezeScales({
              metrics,
              alpha,
              frozen: made.design.frozen,
              baselines: pooledBaselines({ ...made, metrics }, cells),
              source: "burn_in",
              at: startedAt,
            }),
          },
        },
      };
      const analysis = analyze(test, cells, new Date("2026-03-20T00:00:00Z"));
      decideVerdict(test, analysis);
      const walk = (value: unknown, path: string): void => {
        if (typeof value === "number" && !path.endsWith("BayesFactor") && !path.endsWith("logEValue"))
          expect(Number.isFinite(value), path).toBe(true);
        if (value && typeof value === "object" && !(value instanceof Date))
          for (const [name, each] of Object.entries(value)) walk(each, `${path}.${name}`);
      };
      walk(analysis, "");
    }),
    { numRuns: 150, seed: 3 },
  );
});
