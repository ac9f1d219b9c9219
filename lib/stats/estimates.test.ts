import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterRegression } from "./cluster-regression.ts";
import { combinePhases } from "./combine-phases.ts";
import { covariateLeak } from "./covariate-leak.ts";
import {
  cupedFiellerLift,
  cupedMean,
  cupedRatio,
  cupedRelativeDifference,
  fitCuped,
  fitCupedRatio,
} from "./cuped.ts";
import { type DifferenceOk, difference, relativeDifference } from "./difference.ts";
import type { Estimate } from "./estimate.ts";
import { fiellerLift } from "./fieller.ts";
import { jackknifeVariance } from "./jackknife.ts";
import { predictionPoweredEstimate } from "./prediction-powered.ts";
import { randomStream } from "./random.ts";
import { perUnitEstimate, ratioEstimate } from "./ratio-estimate.ts";
import { segmentInteraction } from "./segment-interaction.ts";
import {
  mergeCovariateSums,
  mergeRatioCovariateSums,
  mergeSums,
  type Sums,
  unitCovariateSums,
  unitRatioCovariateSums,
  unitSums,
} from "./sums.ts";

const unit = fc.record({ n: fc.integer({ min: 1, max: 20 }), s: fc.integer({ min: -500, max: 500 }) });
const units = fc.array(unit, { minLength: 3, maxLength: 40 });
const estimate = fc.record({
  status: fc.constant("ok" as const),
  estimate: fc.double({ min: -100, max: 100, noNaN: true }).filter((value) => Math.abs(value) > 1e-3),
  variance: fc.double({ min: 1e-6, max: 100, noNaN: true }),
  units: fc.integer({ min: 2, max: 1e6 }),
});

function ok<T extends { status: string }>(value: T): Extract<T, { status: "ok" }> {
  expect(value.status).toBe("ok");
  return value as Extract<T, { status: "ok" }>;
}

describe("sums", () => {
  it("are the same however the units are permuted and cut into shards", () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 1, max: 7 }), fc.integer(), (units, shards, seed) => {
        const whole = mergeSums(units.map(({ s, n }) => unitSums(s, n)));
        const random = randomStream(seed);
        const parts: Sums[][] = Array.from({ length: shards }, () => []);
        for (const { s, n } of [...units].sort(() => random.uniform() - 0.5))
          parts[random.integer(shards)]!.push(unitSums(s, n));
        expect(mergeSums(parts.map(mergeSums).reverse())).toEqual(whole);
      }),
    );
  });

  it("updated by a unit's change equal a rebuild from the units", () => {
    fc.assert(
      fc.property(units, unit, (units, { n, s }) => {
        const before = mergeSums(units.map((u) => unitSums(u.s, u.n)));
        const old = units[0]!;
        const grown = { n: old.n + n, s: old.s + s };
        const change = mergeSums([unitSums(grown.s, grown.n), negated(unitSums(old.s, old.n))]);
        const rebuilt = mergeSums([grown, ...units.slice(1)].map((u) => unitSums(u.s, u.n)));
        expect(mergeSums([before, change])).toEqual(rebuilt);
      }),
    );
  });

  it("merge to the sums of no units when there are none", () => {
    expect(mergeSums([])).toEqual({ k: 0, n: 0, s: 0, nn: 0, ss: 0, ns: 0 });
  });
});

describe("the ratio estimate", () => {
  it("with one row per unit is the sample mean and s²/K", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 50 }), (values) => {
        fc.pre(new Set(values).size > 1);
        const { estimate, variance } = ok(ratioEstimate(mergeSums(values.map((value) => unitSums(value)))));
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
        expect(estimate).toBeCloseTo(mean, 9);
        expect(variance / (spread / values.length)).toBeCloseTo(1, 6);
        expect(jackknifeVariance(leaveOneOut(values.map((s) => ({ n: 1, s })))) / variance).toBeCloseTo(1, 6);
      }),
    );
  });

  it("is the cluster-robust mean of the rows: CR0 times K/(K−1)", () => {
    const random = randomStream(7);
    const clusters = Array.from({ length: 30 }, () =>
      Array.from({ length: 1 + random.integer(6) }, () => random.normal() + 3),
    );
    const sums = mergeSums(clusters.map((rows) => unitSums(total(rows), rows.length)));
    const regression = ok(
      clusterRegression(
        clusters.flatMap((rows) => rows.map(() => [1])),
        clusters.flat(),
        clusters.flatMap((rows, i) => rows.map(() => i)),
        "CR0_K",
      ),
    );
    const { estimate, variance } = ok(ratioEstimate(sums));
    expect(estimate).toBeCloseTo(regression.coefficients[0]!, 12);
    expect(variance).toBeCloseTo(regression.covariance[0]![0]!, 12);
  });

  it("agrees with the jackknife over single units as units grow", () => {
    const random = randomStream(3);
    const many = Array.from({ length: 3000 }, () => {
      const n = 1 + random.poisson(4);
      return { n, s: n * (2 + random.normal()) + random.normal() };
    });
    const { variance } = ok(ratioEstimate(mergeSums(many.map(({ s, n }) => unitSums(s, n)))));
    expect(jackknifeVariance(leaveOneOut(many)) / variance).toBeCloseTo(1, 2);
  });

  it("per unit divides by units, per row by rows", () => {
    const sums = mergeSums([unitSums(6, 3), unitSums(2, 1), unitSums(9, 2)]);
    expect(ok(ratioEstimate(sums)).estimate).toBeCloseTo(17 / 6, 12);
    expect(ok(perUnitEstimate(sums)).estimate).toBeCloseTo(17 / 3, 12);
  });

  it.each<[string, Sums, string]>([
    ["no units", mergeSums([]), "no_units"],
    ["one unit", unitSums(3), "too_few_units"],
    ["no rows", mergeSums([unitSums(0, 0), unitSums(0, 0)]), "zero_denominator"],
    ["equal values", mergeSums([unitSums(3), unitSums(3), unitSums(3)]), "no_variation"],
    ["all zero", mergeSums([unitSums(0), unitSums(0)]), "no_variation"],
    [
      "spread lost in rounding",
      mergeSums([unitSums(1e9), unitSums(1e9 + 1), unitSums(1e9 + 2)]),
      "no_variation",
    ],
  ])("with %s says why it cannot be given", (_, sums, reason) => {
    expect(ratioEstimate(sums)).toEqual({ status: "not_estimable", reason });
  });
});

describe("Fieller's lift", () => {
  it("excludes 0 exactly when |z| exceeds the multiplier", () => {
    fc.assert(
      fc.property(estimate, estimate, fc.double({ min: 0.5, max: 6, noNaN: true }), (a, b, m) => {
        const lift = fiellerLift(a, b, m);
        fc.pre(lift.status === "ok");
        const z = (b.estimate - a.estimate) / Math.sqrt(a.variance + b.variance);
        fc.pre(Math.abs(Math.abs(z) - m) > 1e-9);
        const { lower, upper } = ok(lift);
        expect(lower > 0 || upper < 0).toBe(Math.abs(z) > m);
        expect(lower).toBeLessThanOrEqual(upper);
      }),
    );
  });

  it("has ends on the boundary of the test of b = (1 + ρ)a", () => {
    fc.assert(
      fc.property(estimate, estimate, fc.double({ min: 0.5, max: 6, noNaN: true }), (a, b, m) => {
        const lift = fiellerLift(a, b, m);
        fc.pre(lift.status === "ok" && a.estimate ** 2 > 1.5 * m * m * a.variance);
        for (const rho of [ok(lift).lower, ok(lift).upper]) {
          const gap = b.estimate - (1 + rho) * a.estimate;
          expect(Math.abs(gap) / Math.sqrt(b.variance + (1 + rho) ** 2 * a.variance)).toBeCloseTo(m, 5);
        }
      }),
    );
  });

  const gbA = ok(ratioEstimate({ k: 3407, n: 3407, s: 1396.87, nn: 3407, ss: 52377.9767, ns: 1396.87 }));
  const gbB = ok(ratioEstimate({ k: 3461, n: 3461, s: 2422.7, nn: 3461, ss: 134698.29, ns: 2422.7 }));

  it("reproduces the worked examples, where the delta method contradicts the absolute test", () => {
    const fixed = ok(fiellerLift(gbA, gbB, 1.96));
    expect([fixed.lower, fixed.upper].map((end) => end.toFixed(2))).toEqual(["0.09", "1.71"]);
    const anytime = ok(fiellerLift(gbA, gbB, 3.2389));
    expect([anytime.lower, anytime.upper].map((end) => end.toFixed(3))).toEqual(["-0.221", "2.955"]);
    const delta = ok(relativeDifference(gbA, gbB));
    expect(delta.estimate - 1.96 * delta.standardError).toBeLessThan(0);
    const absolute = ok(difference(gbA, gbB));
    expect(absolute.estimate - 1.96 * absolute.standardError).toBeGreaterThan(0);
  });

  it("gives no percentage when the baseline itself may be 0", () => {
    const noisy: Estimate = { ...gbA, variance: 1 };
    expect(fiellerLift(noisy, gbB, 3)).toEqual({ status: "not_estimable", reason: "baseline_too_noisy" });
    expect(relativeDifference({ ...gbA, estimate: 0 }, gbB)).toEqual({
      status: "not_estimable",
      reason: "baseline_zero",
    });
  });
});

describe("CUPED", () => {
  const random = randomStream(11);
  const arm = (effect: number, size: number) =>
    mergeCovariateSums(
      Array.from({ length: size }, () => {
        const x = 10 + 3 * random.normal();
        return unitCovariateSums({ x, s: 5 + 2 * x + random.normal() + effect });
      }),
    );
  const [a, b] = [arm(0, 2000), arm(0.2, 1500)];
  const model = ok(fitCuped([a, b]));

  it("removes what the covariate explains and keeps the arms in natural units", () => {
    expect(model.theta).toBeCloseTo(2, 1);
    const adjusted = ok(cupedMean(a, model.theta, model.center));
    expect(adjusted.variance).toBeLessThan(ok(perUnitEstimate(a)).variance / 20);
    expect(adjusted.estimate).toBeCloseTo(25, 0);
    const lift = ok(cupedRelativeDifference(ok(cupedMean(a, model.theta)), ok(cupedMean(b, model.theta))));
    expect(lift.estimate * 25).toBeCloseTo(0.2, 0);
  });

  it("with θ = 0 is the unadjusted estimate, and its Fieller interval the plain one", () => {
    const [plainA, plainB] = [ok(perUnitEstimate(a)), ok(perUnitEstimate(b))];
    const [adjustedA, adjustedB] = [ok(cupedMean(a, 0)), ok(cupedMean(b, 0))];
    expect(adjustedA.variance / plainA.variance).toBeCloseTo(1, 9);
    const [plain, adjusted] = [
      ok(fiellerLift(plainA, plainB, 3)),
      ok(cupedFiellerLift(adjustedA, adjustedB, 3)),
    ];
    expect(adjusted.lower).toBeCloseTo(plain.lower, 9);
    expect(adjusted.upper).toBeCloseTo(plain.upper, 9);
  });

  it("of a ratio with a ratio covariate of constant denominators equals that of means", () => {
    const pairs = Array.from({ length: 200 }, () => ({ x: random.normal() + 4, s: random.normal() + 9 }));
    const means = mergeCovariateSums(pairs.map(unitCovariateSums));
    const merged = mergeRatioCovariateSums(
      pairs.map((pair) => unitRatioCovariateSums({ ...pair, n: 1, d: 1 })),
    );
    const theta = ok(fitCupedRatio([merged])).theta;
    expect(theta).toBeCloseTo(ok(fitCuped([means])).theta, 9);
    expect(ok(cupedRatio(merged, theta)).variance).toBeCloseTo(ok(cupedMean(means, theta)).variance, 9);
  });

  it("drops a covariate that the variant moves, and keeps one it does not", () => {
    expect(ok(covariateLeak([a, b])).isDropped).toBe(false);
    const moved = mergeCovariateSums(
      Array.from({ length: 2000 }, () => unitCovariateSums({ x: 11 + 3 * random.normal(), s: 1 })),
    );
    expect(ok(covariateLeak([a, moved])).isDropped).toBe(true);
  });

  it("says why a useless covariate cannot be used", () => {
    const flat = mergeCovariateSums([1, 2, 3].map((s) => unitCovariateSums({ s, x: 5 })));
    expect(fitCuped([flat])).toEqual({ status: "not_estimable", reason: "no_covariate_variation" });
  });
});

describe("combinations", () => {
  const of = (d: number, se: number, n: number): DifferenceOk => ({
    status: "ok",
    estimate: d,
    variance: se * se,
    standardError: se,
    degreesOfFreedom: n - 2,
    units: n,
  });

  it("of one phase is that phase; of two, weighted by units", () => {
    expect(ok(combinePhases([of(1, 0.5, 100)]))).toMatchObject({
      estimate: 1,
      standardError: 0.5,
      units: 100,
    });
    const both = ok(combinePhases([of(1, 0.5, 100), of(3, 0.5, 300)]));
    expect(both.estimate).toBeCloseTo(2.5, 12);
    expect(both.variance).toBeCloseTo((1 / 16) * 0.25 + (9 / 16) * 0.25, 12);
    const gap = { status: "not_estimable", reason: "no_units" } as const;
    expect(combinePhases([gap])).toEqual(gap);
  });

  it("of phases do not fall for Simpson's paradox as pooled sums do", () => {
    const arm = (k: number, rate: number): Sums => ({
      k,
      n: k,
      s: k * rate,
      nn: k,
      ss: k * rate,
      ns: k * rate,
    });
    const phases = [
      { a: arm(9000, 0.1), b: arm(1000, 0.12) },
      { a: arm(1000, 0.3), b: arm(9000, 0.32) },
    ];
    const combined = ok(
      combinePhases(phases.map(({ a, b }) => difference(ratioEstimate(a), ratioEstimate(b)))),
    );
    expect(combined.estimate).toBeCloseTo(0.02, 9);
    const pooled = ok(
      difference(
        ratioEstimate(mergeSums(phases.map(({ a }) => a))),
        ratioEstimate(mergeSums(phases.map(({ b }) => b))),
      ),
    );
    expect(pooled.estimate).toBeGreaterThan(0.15);
  });

  it("of segments tell a common effect from a differing one", () => {
    expect(ok(segmentInteraction([of(1, 0.1, 9), of(1, 0.2, 9)])).p).toBeCloseTo(1, 9);
    const differing = ok(segmentInteraction([of(0, 0.1, 9), of(1, 0.1, 9), of(0, 0.1, 9)]));
    expect(differing.statistic).toBeCloseTo(200 / 3, 9);
    expect(differing.p).toBeLessThan(1e-10);
    expect(segmentInteraction([of(0, 1, 9)])).toEqual({ status: "not_estimable", reason: "too_few_units" });
  });

  it("correct a biased judge by a few labels", () => {
    const random = randomStream(5);
    const truth = 0.6;
    const judged: Sums[] = [];
    const corrections: Sums[] = [];
    for (let i = 0; i < 5000; i++) {
      const label = random.bernoulli(truth);
      const score = Math.min(1, label + 0.2 * random.uniform());
      judged.push(unitSums(score));
      if (i % 10 === 0) corrections.push(unitSums(label - score));
    }
    const judge = ok(ratioEstimate(mergeSums(judged)));
    const corrected = ok(predictionPoweredEstimate(mergeSums(judged), mergeSums(corrections)));
    expect(judge.estimate - truth).toBeGreaterThan(4 * Math.sqrt(judge.variance));
    expect(Math.abs(corrected.estimate - truth)).toBeLessThan(3 * Math.sqrt(corrected.variance));
    expect(corrected.variance).toBeLessThan((truth * (1 - truth)) / corrections.length);
  });
});

function leaveOneOut(units: { n: number; s: number }[]): number[] {
  const [n, s] = [total(units.map((unit) => unit.n)), total(units.map((unit) => unit.s))];
  return units.map((unit) => (s - unit.s) / (n - unit.n));
}

function total(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function negated(sums: Sums): Sums {
  const { k, n, s, nn, ss, ns } = sums;
  return { k: -k, n: -n, s: -s, nn: -nn, ss: -ss, ns: -ns };
}
