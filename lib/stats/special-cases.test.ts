import { describe, expect, it } from "vitest";
import { bernoulliConfidenceSequence } from "./bernoulli-confidence-sequence.ts";
import { confidenceSequence, oneSidedConfidenceSequence } from "./confidence-sequence.ts";
import { cupedMean, fitCuped } from "./cuped.ts";
import { difference } from "./difference.ts";
import { groupSequentialBounds } from "./group-sequential.ts";
import { jackknifeQuantile } from "./jackknife.ts";
import { bucketOf, histogramOf } from "./log-histogram.ts";
import { md5Shard } from "./md5-shard.ts";
import { perUnitEstimate, ratioEstimate } from "./ratio-estimate.ts";
import { sampleRatioTest } from "./sample-ratio-test.ts";
import { mergeCovariateSums, mergeSums, unitCovariateSums, unitSums } from "./sums.ts";

const bad = [Number.NaN, Number.POSITIVE_INFINITY];

describe("a number that is none is refused, never averaged in", () => {
  it.each(bad)("%d as a unit's total or count", (value) => {
    expect(() => unitSums(value)).toThrow(RangeError);
    expect(() => unitSums(1, value)).toThrow(RangeError);
    expect(() => unitCovariateSums({ s: 1, x: value })).toThrow(RangeError);
    expect(() => bucketOf(value)).toThrow(RangeError);
  });

  it.each(bad)("%d in stored sums", (value) => {
    const sums = mergeSums([unitSums(1), unitSums(2)]);
    for (const field of Object.keys(sums))
      expect(() => ratioEstimate({ ...sums, [field]: value })).toThrow(RangeError);
  });

  it.each(bad)("%d as an estimate", (value) => {
    const look = { estimate: 0.1, standardError: 0.1, tau: 0.1, alpha: 0.05 };
    expect(() => confidenceSequence({ ...look, estimate: value })).toThrow(RangeError);
    expect(() => confidenceSequence({ ...look, tau: value })).toThrow(RangeError);
    expect(() => oneSidedConfidenceSequence({ ...look, estimate: value, direction: "lower" })).toThrow(
      RangeError,
    );
  });

  it("NaN as a standard error, an alpha, a count or a share", () => {
    const look = { estimate: 0.1, standardError: 0.1, tau: 0.1, alpha: 0.05 };
    for (const field of ["standardError", "alpha"])
      expect(() => confidenceSequence({ ...look, [field]: Number.NaN })).toThrow(RangeError);
    expect(() => sampleRatioTest([{ counts: [Number.NaN, 5], weights: [0.5, 0.5] }])).toThrow(RangeError);
    expect(() => sampleRatioTest([{ counts: [-1, 5], weights: [0.5, 0.5] }])).toThrow(RangeError);
    expect(() => sampleRatioTest([{ counts: [5, 5], weights: [0, 0] }])).toThrow(RangeError);
    expect(() => sampleRatioTest([{ counts: [5, 5, 5], weights: [0.5, 0.5] }])).toThrow(RangeError);
    expect(() =>
      bernoulliConfidenceSequence({ successes: Number.NaN, trials: 9, alpha: 0.05, tOpt: 9 }),
    ).toThrow(RangeError);
    expect(() => jackknifeQuantile({ groups: [], level: Number.NaN, units: 0 })).toThrow(RangeError);
    expect(() => groupSequentialBounds({ fractions: [Number.NaN], alpha: 0.05 })).toThrow(RangeError);
    expect(() => md5Shard("salt", "unit", 0)).toThrow(RangeError);
  });
});

describe("too little data gives a reason, never a number", () => {
  const some = ratioEstimate(mergeSums([1, 2, 4].map((s) => unitSums(s))));

  it.each([
    ["an empty arm", [], "no_units"],
    ["one unit", [3], "too_few_units"],
    ["equal units", [3, 3, 3], "no_variation"],
  ] as const)("for the mean of %s, and for its difference from another", (_, values, reason) => {
    const sums = mergeSums(values.map((s) => unitSums(s)));
    for (const estimate of [ratioEstimate(sums), perUnitEstimate(sums)]) {
      expect(estimate).toEqual({ status: "not_estimable", reason });
      expect(difference(some, estimate)).toEqual(estimate);
      expect(difference(estimate, some)).toEqual(estimate);
    }
  });

  it("for quantiles of nothing, of one group, and of one value", () => {
    const few = { status: "not_estimable", reason: "too_few_observations" };
    expect(jackknifeQuantile({ groups: [], level: 0.5, units: 0 })).toEqual(few);
    expect(jackknifeQuantile({ groups: [histogramOf([1, 2, 3])], level: 0.5, units: 3 })).toEqual(few);
    const same = Array.from({ length: 20 }, () => histogramOf([5, 5, 5]));
    expect(jackknifeQuantile({ groups: same, level: 0.5, units: 20 }).status).toBe("not_estimable");
  });

  it("for an adjustment by a covariate of one unit or none", () => {
    for (const xs of [[], [1]]) {
      const sums = mergeCovariateSums(xs.map((x) => unitCovariateSums({ s: 1, x })));
      expect(fitCuped([sums])).toEqual({ status: "not_estimable", reason: "too_few_units" });
      expect(cupedMean(sums, 1)).toEqual({ status: "not_estimable", reason: "too_few_units" });
    }
  });

  it("and no counts at all are no evidence about the split", () => {
    expect(sampleRatioTest([])).toEqual({ logBayesFactor: 0, p: 1, level: "ok" });
    expect(sampleRatioTest([{ counts: [0, 0, 0], weights: [1, 1, 1] }]).level).toBe("ok");
  });
});
