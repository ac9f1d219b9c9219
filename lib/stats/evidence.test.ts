import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chanceToWin, effectPosterior, expectedLoss } from "./bayes.ts";
import {
  bernoulliConfidenceSequence,
  needsSmallCountFallback,
  rateDifferenceConfidenceSequence,
} from "./bernoulli-confidence-sequence.ts";
import { bestArmProbabilities, thompsonWeights, topTwoProbabilities } from "./best-arm.ts";
import { categoricalTest } from "./categorical-test.ts";
import type { DifferenceOk } from "./difference.ts";
import { logSplitBayesFactor } from "./dirichlet-multinomial.ts";
import { averageLogE, eBenjaminiHochberg } from "./e-value.ts";
import {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  hochberg,
  holm,
  holmSidak,
  sidak,
} from "./multiplicity.ts";
import { sampleRatioTest } from "./sample-ratio-test.ts";

describe("sample ratio test", () => {
  const weights = [0.5, 0.5];

  it("stays quiet on the design, warns, then withholds the verdict", () => {
    expect(sampleRatioTest([{ counts: [5010, 4990], weights }]).level).toBe("ok");
    expect(sampleRatioTest([{ counts: [5180, 4820], weights }]).level).toBe("warn");
    expect(sampleRatioTest([{ counts: [5400, 4600], weights }]).level).toBe("block");
    expect(sampleRatioTest([{ counts: [0, 0], weights }])).toEqual({ logBayesFactor: 0, p: 1, level: "ok" });
  });

  it("multiplies phases, each against its own split", () => {
    const phases = [
      { counts: [900, 100], weights: [0.9, 0.1] },
      { counts: [500, 500], weights },
    ];
    const both = sampleRatioTest(phases).logBayesFactor;
    expect(both).toBeCloseTo(
      sampleRatioTest([phases[0]!]).logBayesFactor + sampleRatioTest([phases[1]!]).logBayesFactor,
      12,
    );
    expect(sampleRatioTest([{ counts: [1400, 600], weights }]).level).toBe("block");
  });

  it("blocks at once when an arm that should be empty is not", () => {
    expect(sampleRatioTest([{ counts: [100, 1], weights: [1, 0] }]).logBayesFactor).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("is a martingale under the null: the mean factor after one more unit is the factor now", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { minLength: 3, maxLength: 3 }), (counts) => {
        const split = [0.2, 0.3, 0.5];
        const now = logSplitBayesFactor(counts, split, 100);
        const next = split.map((share, i) => {
          const grown = counts.map((count, j) => count + (i === j ? 1 : 0));
          return share * Math.exp(logSplitBayesFactor(grown, split, 100) - now);
        });
        expect(next.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe("small rates", () => {
  it("have an interval that holds the observed rate and shrinks with alpha", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, share) => {
          const successes = Math.round(share * trials);
          const wide = bernoulliConfidenceSequence({ successes, trials, alpha: 0.01, tOpt: 200 });
          const narrow = bernoulliConfidenceSequence({ successes, trials, alpha: 0.1, tOpt: 200 });
          expect(wide.lower).toBeLessThanOrEqual(narrow.lower);
          expect(wide.upper).toBeGreaterThanOrEqual(narrow.upper);
          expect(narrow.lower).toBeLessThanOrEqual(successes / trials);
          expect(narrow.upper).toBeGreaterThanOrEqual(successes / trials);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("differ only when their intervals part", () => {
    const same = rateDifferenceConfidenceSequence({
      a: { successes: 3, trials: 80 },
      b: { successes: 5, trials: 80 },
      alpha: 0.05,
      tOpt: 100,
    });
    expect(same.status === "ok" && same.lower < 0 && same.upper > 0).toBe(true);
    const apart = rateDifferenceConfidenceSequence({
      a: { successes: 2, trials: 90 },
      b: { successes: 60, trials: 90 },
      alpha: 0.05,
      tOpt: 100,
    });
    expect(apart.status === "ok" && apart.lower > 0).toBe(true);
    const none = { successes: 0, trials: 0 };
    expect(rateDifferenceConfidenceSequence({ a: none, b: none, alpha: 0.05, tOpt: 100 })).toEqual({
      status: "not_estimable",
      reason: "no_units",
    });
  });

  it("need the fallback below 100 units or 10 successes or failures", () => {
    const plenty = { successes: 50, trials: 200 };
    expect(needsSmallCountFallback([plenty, plenty])).toBe(false);
    expect(needsSmallCountFallback([plenty, { successes: 9, trials: 5000 }])).toBe(true);
    expect(needsSmallCountFallback([plenty, { successes: 4995, trials: 5000 }])).toBe(true);
    expect(needsSmallCountFallback([{ successes: 40, trials: 99 }])).toBe(true);
  });
});

describe("multiplicity", () => {
  const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

  it("never makes a p-value smaller, keeps their order, and ranks the methods by strictness", () => {
    fc.assert(
      fc.property(family, (p) => {
        const methods = [bonferroni, sidak, holm, holmSidak, hochberg, benjaminiHochberg, benjaminiYekutieli];
        for (const method of methods) {
          const adjusted = method(p);
          for (const [i, value] of p.entries()) {
            expect(adjusted[i]!).toBeGreaterThanOrEqual(value - 1e-12);
            expect(adjusted[i]!).toBeLessThanOrEqual(1);
            for (const [j, other] of p.entries())
              if (value < other) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]! + 1e-12);
          }
        }
        for (const [i] of p.entries()) {
          expect(holm(p)[i]!).toBeLessThanOrEqual(bonferroni(p)[i]! + 1e-12);
          expect(hochberg(p)[i]!).toBeLessThanOrEqual(holm(p)[i]! + 1e-12);
          expect(benjaminiHochberg(p)[i]!).toBeLessThanOrEqual(hochberg(p)[i]! + 1e-12);
        }
      }),
    );
  });

  it("by e-BH rejects the k largest with e ≥ m/(qk)", () => {
    const logs = [200, 12, 30, 1, 25].map(Math.log);
    expect(eBenjaminiHochberg(logs, 0.1)).toEqual([true, false, true, false, true]);
    expect(eBenjaminiHochberg([1, 2, 3].map(Math.log), 0.1)).toEqual([false, false, false]);
    expect(eBenjaminiHochberg([])).toEqual([]);
  });

  it("averages e-values without overflow", () => {
    expect(averageLogE([Math.log(3), Math.log(5)])).toBeCloseTo(Math.log(4), 12);
    expect(averageLogE([2000, 0])).toBeCloseTo(2000 - Math.LN2, 9);
    expect(averageLogE([])).toBe(0);
  });
});

describe("a categorical score", () => {
  const share = (estimate: number): DifferenceOk => ({
    status: "ok",
    estimate,
    variance: 1e-4,
    standardError: 0.01,
    degreesOfFreedom: 1000,
    units: 1000,
  });

  it("names the levels whose share differs, and nothing else", () => {
    const gap = { status: "not_estimable", reason: "no_variation" } as const;
    const result = categoricalTest([share(0.08), share(-0.08), share(0.001), gap], 0.03);
    if (result.status !== "ok") throw new Error(result.reason);
    expect(result.levels.map((level) => level?.isDifferent ?? null)).toEqual([true, true, false, null]);
    expect(result.p).toBeLessThan(1e-6);
    expect(categoricalTest([gap], 0.03)).toEqual({ status: "not_estimable", reason: "no_units" });
  });
});

describe("the Bayesian view", () => {
  it("shrinks towards the prior, and loses what it should", () => {
    const flat = effectPosterior(0.1, 0.05, null);
    const shrunken = effectPosterior(0.1, 0.05, { mean: 0, variance: 0.01 });
    expect(shrunken.mean).toBeCloseTo(0.08, 12);
    expect(shrunken.standardDeviation).toBeLessThan(flat.standardDeviation);
    expect(chanceToWin(flat) + chanceToWin(flat, false)).toBeCloseTo(1, 12);
    const loss = expectedLoss(flat);
    expect(loss.keepBaseline - loss.chooseTreatment).toBeCloseTo(0.1, 12);
  });

  it("picks the best arm with the two-arm probability, sums to 1, and keeps a floor", () => {
    const two = [
      { mean: 0, standardDeviation: 1 },
      { mean: 1, standardDeviation: 2 },
    ];
    const [, second] = bestArmProbabilities(two);
    expect(second).toBeCloseTo(chanceToWin({ mean: 1, standardDeviation: Math.sqrt(5) }), 6);
    expect(topTwoProbabilities(two)).toEqual([expect.closeTo(0.5, 6), expect.closeTo(0.5, 6)]);
    const four = bestArmProbabilities([0, 0, 0, 9].map((mean) => ({ mean, standardDeviation: 1 })));
    const weights = thompsonWeights(four);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(Math.min(...weights)).toBeGreaterThanOrEqual(0.05);
    expect(weights[3]).toBeCloseTo(0.85, 3);
    expect(() => thompsonWeights(four, 0.3)).toThrow(RangeError);
  });
});
