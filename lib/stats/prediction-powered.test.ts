import { describe, expect, it } from "vitest";
import { predictionPoweredEstimate, tunedPredictionPoweredEstimate } from "./prediction-powered.ts";
import { type RandomStream, randomStream } from "./random.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import {
  type CovariateSums,
  mergeCovariateSums,
  mergeSums,
  type Sums,
  unitCovariateSums,
  unitSums,
} from "./sums.ts";

const truth = 0.6;

/**
 * Units of one to four items: people's labels Y with the unit's own level, and a judge that agrees with them as much
 * as `skill` says, plus a bias of 0.15.
 */
function simulate(random: RandomStream, skill: number, labeledUnits = 150, unlabeledUnits = 1500) {
  const labeled: CovariateSums[] = [];
  const unlabeled: Sums[] = [];
  const corrections: Sums[] = [];
  for (let unit = 0; unit < labeledUnits + unlabeledUnits; unit++) {
    const n = 1 + random.integer(4);
    const own = 0.3 * random.normal();
    let [s, x] = [0, 0];
    for (let item = 0; item < n; item++) {
      const label = truth + own + 0.4 * random.normal();
      s += label;
      x += 0.15 + truth + skill * (label - truth) + (1 - skill) * 0.5 * random.normal();
    }
    if (unit >= labeledUnits) unlabeled.push(unitSums(x, n));
    else {
      labeled.push(unitCovariateSums({ s, n, x }));
      corrections.push(unitSums(s - x, n));
    }
  }
  return {
    labeled: mergeCovariateSums(labeled),
    unlabeled: mergeSums(unlabeled),
    corrections: mergeSums(corrections),
  };
}

function ok<T extends { status: string }>(value: T): Extract<T, { status: "ok" }> {
  expect(value.status).toBe("ok");
  return value as Extract<T, { status: "ok" }>;
}

describe("the power-tuned judge correction", () => {
  it("is never wider than labels alone or the plain correction, whatever the judge is worth", () => {
    for (const [seed, skill] of [0, 0.2, 0.5, 0.8, 0.95].entries()) {
      const { labeled, unlabeled, corrections } = simulate(randomStream(seed), skill);
      const tuned = ok(tunedPredictionPoweredEstimate(labeled, unlabeled));
      const plain = ok(predictionPoweredEstimate(unlabeled, corrections));
      const labels = ok(ratioEstimate(labeled));
      expect(tuned.variance).toBeLessThanOrEqual(labels.variance);
      expect(tuned.variance).toBeLessThanOrEqual(plain.variance * (1 + 1e-9));
      expect(tuned.lambda).toBeGreaterThanOrEqual(0);
      expect(tuned.lambda).toBeLessThanOrEqual(1);
      if (skill === 0) expect(tuned.lambda).toBeLessThan(0.2);
      if (skill === 0.95) expect(tuned.variance / labels.variance).toBeLessThan(0.2);
    }
  });

  it("with independent items has the paper's λ: Cov(Y, f)/((1 + n/N)·Var f)", () => {
    const random = randomStream(8);
    const [n, total] = [400, 4000];
    const draw = () => {
      const label = random.normal();
      return { s: label, x: 0.5 * label + 0.6 * random.normal() };
    };
    const labeled = mergeCovariateSums(Array.from({ length: n }, () => unitCovariateSums(draw())));
    const unlabeled = mergeSums(Array.from({ length: total }, () => unitSums(draw().x)));
    const { lambda } = ok(tunedPredictionPoweredEstimate(labeled, unlabeled));
    expect(lambda).toBeCloseTo(0.5 / ((1 + n / total) * (0.25 + 0.36)), 1);
  });

  it("covers the truth as often as it says, with a biased judge and clustered items", () => {
    let covered = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { labeled, unlabeled } = simulate(randomStream(100 + seed), 0.6);
      const { estimate, variance } = ok(tunedPredictionPoweredEstimate(labeled, unlabeled));
      covered += Number(Math.abs(estimate - truth) < 1.96 * Math.sqrt(variance));
    }
    expect(covered / 400).toBeGreaterThan(0.92);
  });

  it("is the labels alone where the judge never varies, and nothing without labels or judged units", () => {
    const { labeled, unlabeled } = simulate(randomStream(1), 0.5);
    const flat = mergeSums(Array.from({ length: 50 }, () => unitSums(1)));
    const tuned = ok(tunedPredictionPoweredEstimate(labeled, flat));
    expect(tuned.lambda).toBe(0);
    expect(tuned.variance).toBe(ok(ratioEstimate(labeled)).variance);
    const none = { status: "not_estimable", reason: "no_units" };
    expect(tunedPredictionPoweredEstimate(mergeCovariateSums([]), unlabeled)).toEqual(none);
    expect(tunedPredictionPoweredEstimate(labeled, mergeSums([]))).toEqual(none);
  });
});
