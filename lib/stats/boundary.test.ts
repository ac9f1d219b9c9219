import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  boundaryMultiplier,
  exactOptimalInformation,
  logEValue,
  logOneSidedEValue,
  mixingFactor,
  mixingScale,
  oneSidedMultiplier,
  oneSidedMultiplierClosedForm,
  optimalInformation,
} from "./boundary.ts";
import { confidenceSequence, oneSidedConfidenceSequence, runningAnytimeP } from "./confidence-sequence.ts";
import { growthBookSequential } from "./growthbook-sequential.ts";

const information = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const level = fc.double({ min: 1e-4, max: 0.5, noNaN: true });

describe("the boundary's tuning", () => {
  it("has the documented optimum, tuning factor and multipliers", () => {
    expect(optimalInformation(0.05)).toBeCloseTo(7.936, 3);
    expect(optimalInformation(0.01)).toBeCloseTo(11.534, 3);
    expect(mixingFactor(0.05)).toBeCloseTo(0.727, 3);
    expect(mixingFactor(0.01)).toBeCloseTo(0.77, 3);
    expect(mixingScale(0.25, 0.05)).toBeCloseTo(0.25 * 0.727, 3);
    const best = optimalInformation(0.05);
    const factors = [0.1, 0.25, 1, 4, 10, 100].map((f) => boundaryMultiplier(f * best, 0.05).toFixed(2));
    expect(factors).toEqual(["3.86", "3.26", "3.04", "3.13", "3.24", "3.56"]);
  });

  it("is one-sided narrower than two-sided, the closed form between", () => {
    const x = optimalInformation(0.1);
    expect(oneSidedMultiplier(x, 0.05)).toBeCloseTo(2.766, 2);
    expect(oneSidedMultiplierClosedForm(x, 0.05)).toBeCloseTo(2.779, 2);
    fc.assert(
      fc.property(information, level, (x, alpha) => {
        const exact = oneSidedMultiplier(x, alpha);
        expect(oneSidedMultiplierClosedForm(x, alpha)).toBeGreaterThanOrEqual(exact - 1e-9);
        expect(boundaryMultiplier(x, alpha)).toBeGreaterThanOrEqual(exact - 1e-9);
      }),
    );
  });

  it("is smallest exactly where Lambert's W says", () => {
    for (const alpha of [0.2, 0.05, 0.01, 0.001]) {
      const best = exactOptimalInformation(alpha);
      const m = boundaryMultiplier(best, alpha);
      expect(boundaryMultiplier(best * 1.01, alpha)).toBeGreaterThan(m);
      expect(boundaryMultiplier(best * 0.99, alpha)).toBeGreaterThan(m);
    }
  });
});

describe("intervals and e-values say the same thing", () => {
  const z = fc.double({ min: -30, max: 30, noNaN: true });

  it("excludes a value exactly when its e-value exceeds 1/alpha", () => {
    fc.assert(
      fc.property(z, information, level, (z, x, alpha) => {
        const margin = Math.abs(Math.abs(z) - boundaryMultiplier(x, alpha));
        fc.pre(margin > 1e-7);
        expect(Math.abs(z) > boundaryMultiplier(x, alpha)).toBe(logEValue(z, x) > -Math.log(alpha));
      }),
    );
  });

  it("does so for one-sided bounds", () => {
    fc.assert(
      fc.property(z, information, level, (z, x, alpha) => {
        const m = oneSidedMultiplier(x, alpha);
        fc.pre(Math.abs(z - m) > 1e-7);
        expect(z > m).toBe(logOneSidedEValue(z, x) > -Math.log(alpha));
      }),
    );
  });

  it("narrows in alpha and in the one-sided e-value rises with z", () => {
    fc.assert(
      fc.property(information, level, z, (x, alpha, z) => {
        expect(boundaryMultiplier(x, alpha / 2)).toBeGreaterThan(boundaryMultiplier(x, alpha));
        expect(logOneSidedEValue(z + 0.1, x)).toBeGreaterThan(logOneSidedEValue(z, x));
      }),
    );
  });
});

describe("a look at a confidence sequence", () => {
  const look = { estimate: 0.29, standardError: 0.12478352, tau: 0.18175, alpha: 0.05 };

  it("reproduces the worked example: significant if looked at once, not when looked at any time", () => {
    const point = confidenceSequence(look);
    expect(point.informationRatio).toBeCloseTo(2.1215, 3);
    expect(point.multiplier).toBeCloseTo(3.2389, 3);
    expect([point.lower, point.upper].map((end) => end.toFixed(4))).toEqual(["-0.1142", "0.6942"]);
    expect(Math.exp(point.logEValue)).toBeCloseTo(3.547, 2);
    expect(point.p).toBeCloseTo(0.2819, 3);
    const lower = oneSidedConfidenceSequence({ ...look, direction: "lower" });
    expect(Math.exp(lower.logEValue)).toBeCloseTo(6.899, 2);
    expect(lower.upper).toBe(Number.POSITIVE_INFINITY);
  });

  it("is symmetric: the upper bound mirrors the lower", () => {
    const lower = oneSidedConfidenceSequence({ ...look, direction: "lower", nullValue: -0.05 });
    const upper = oneSidedConfidenceSequence({
      ...look,
      estimate: -0.29,
      direction: "upper",
      nullValue: 0.05,
    });
    expect(upper.upper).toBeCloseTo(-lower.lower, 12);
    expect(upper.logEValue).toBeCloseTo(lower.logEValue, 12);
  });

  it("keeps the strongest evidence seen so far in the running p-value", () => {
    expect(runningAnytimeP([])).toBe(1);
    expect(runningAnytimeP([Math.log(10), Math.log(2)])).toBeCloseTo(0.1, 12);
  });

  it("is GrowthBook's when x = nρ²", () => {
    const n = 6868;
    const theirs = growthBookSequential({ estimate: 0.29, standardError: 0.12478, n, alpha: 0.05 });
    const rho = Math.sqrt(optimalInformation(0.05) / 5000);
    const ours = confidenceSequence({
      estimate: 0.29,
      standardError: 0.12478,
      tau: rho * Math.sqrt(n) * 0.12478,
      alpha: 0.05,
    });
    expect(ours.lower).toBeCloseTo(theirs.lower, 12);
    expect(ours.p).toBeCloseTo(theirs.p, 12);
  });

  it("refuses what it cannot mean", () => {
    expect(() => confidenceSequence({ ...look, standardError: 0 })).toThrow(RangeError);
    expect(() => confidenceSequence({ ...look, tau: 0 })).toThrow(RangeError);
    expect(() => confidenceSequence({ ...look, alpha: 1 })).toThrow(RangeError);
  });
});
