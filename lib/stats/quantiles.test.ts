import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jackknifeQuantile } from "./jackknife.ts";
import { jackknifeBucket } from "./jackknife-bucket.ts";
import {
  bucketOf,
  bucketValue,
  histogramCount,
  histogramOf,
  histogramQuantile,
  interpolatedQuantile,
  mergeHistograms,
  relativeError,
} from "./log-histogram.ts";
import { clusteredOrderStatisticQuantile, orderStatisticQuantile } from "./order-statistic-quantile.ts";
import { randomStream } from "./random.ts";
import { mergeSums, unitSums } from "./sums.ts";

const value = fc.oneof(
  fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
  fc.double({ min: -1e9, max: -1e-6, noNaN: true }),
  fc.constant(0),
);

describe("log histograms", () => {
  it("represent every value within the relative error, in the values' order", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(Math.abs(bucketValue(bucketOf(a)) - a)).toBeLessThanOrEqual(
          Math.abs(a) * (relativeError + 1e-9),
        );
        if (a < b) expect(bucketOf(a)).toBeLessThanOrEqual(bucketOf(b));
      }),
    );
  });

  it("merge to the same counts in any order and any shards", () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 20 }), { maxLength: 6 }), (shards) => {
        const merged = mergeHistograms(shards.map(histogramOf));
        const reversed = mergeHistograms(shards.map((shard) => histogramOf([...shard].reverse())).reverse());
        expect(new Map([...merged].sort())).toEqual(new Map([...reversed].sort()));
        expect(new Map([...merged].sort())).toEqual(new Map([...histogramOf(shards.flat())].sort()));
        expect(histogramCount(merged)).toBe(shards.flat().length);
      }),
    );
  });

  it("give any quantile within the relative error of the sample's", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (values, level) => {
          const quantile = histogramQuantile(histogramOf(values), level);
          const exact = [...values].sort((a, b) => a - b)[Math.floor(level * (values.length - 1))]!;
          expect(quantile.status).toBe("ok");
          if (quantile.status === "ok") expect(Math.abs(quantile.value / exact - 1)).toBeLessThan(0.0101);
        },
      ),
    );
  });

  it("interpolate monotonically in the level, through zero and negative values too", () => {
    const histogram = histogramOf([-50, -3, -0.2, 0, 0, 0.4, 7, 90, 1000]);
    let last = Number.NEGATIVE_INFINITY;
    for (let level = 0.01; level < 1; level += 0.01) {
      const quantile = interpolatedQuantile(histogram, level);
      if (quantile.status !== "ok") throw new Error("empty");
      expect(quantile.value).toBeGreaterThanOrEqual(last);
      last = quantile.value;
    }
    expect(histogramQuantile(new Map(), 0.5)).toEqual({
      status: "not_estimable",
      reason: "too_few_observations",
    });
    expect(() => bucketOf(Number.NaN)).toThrow(RangeError);
  });
});

describe("the jackknife quantile", () => {
  const grouped = (rows: { unit: string; value: number }[]) => {
    const groups: number[][] = Array.from({ length: 100 }, () => []);
    for (const { unit, value } of rows) groups[jackknifeBucket(unit, "jk")]!.push(value);
    return groups.map(histogramOf);
  };

  it("knows its own spread under clustering, where the independent formula is far too sure", () => {
    const estimates: number[] = [];
    const jackknife: number[] = [];
    const clustered: number[] = [];
    const independent: number[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const random = randomStream(1000 + seed);
      const rows = Array.from({ length: 400 }, (_, unit) => {
        const own = random.normal();
        return Array.from({ length: 5 }, () => ({
          unit: `u${unit}`,
          value: 1000 * Math.exp(0.5 * own + 0.3 * random.normal()),
        }));
      }).flat();
      const result = jackknifeQuantile({ groups: grouped(rows), level: 0.95, units: 400 });
      if (result.status !== "ok") throw new Error(result.reason);
      estimates.push(result.estimate);
      jackknife.push(Math.sqrt(result.variance));
      const oracle = orderStatistics(rows, 0.95);
      independent.push(oracle.independent);
      clustered.push(oracle.clustered);
    }
    const truth = Math.sqrt(variance(estimates));
    expect(mean(jackknife) / truth).toBeGreaterThan(0.8);
    expect(mean(jackknife) / truth).toBeLessThan(1.25);
    expect(mean(clustered) / mean(jackknife)).toBeGreaterThan(0.85);
    expect(mean(clustered) / mean(jackknife)).toBeLessThan(1.15);
    expect(mean(independent) / mean(jackknife)).toBeLessThan(0.75);
  });

  it("gives none on a timeout atom, one beside it, and none from too little data", () => {
    const random = randomStream(4);
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      unit: `u${i}`,
      value: random.uniform() < 0.03 ? 60_000 : 800 * Math.exp(0.6 * random.normal()),
    }));
    expect(jackknifeQuantile({ groups: grouped(rows), level: 0.99, units: 5000 })).toEqual({
      status: "not_estimable",
      reason: "quantile_on_atom",
    });
    expect(jackknifeQuantile({ groups: grouped(rows), level: 0.9, units: 5000 }).status).toBe("ok");
    expect(jackknifeQuantile({ groups: grouped(rows.slice(0, 60)), level: 0.95, units: 60 })).toEqual({
      status: "not_estimable",
      reason: "too_few_observations",
    });
  });
});

function orderStatistics(rows: { unit: string; value: number }[], level: number) {
  const sorted = rows.map(({ value }) => value).sort((a, b) => a - b);
  const n = sorted.length;
  const at = (share: number) => sorted[Math.min(n - 1, Math.max(0, Math.ceil(share * n) - 1))]!;
  const width = 1.959963984540054 * Math.sqrt((level * (1 - level)) / n);
  const summary = {
    level,
    events: n,
    quantile: at(level),
    lower: at(level - width),
    upper: at(level + width),
  };
  const byUnit = Map.groupBy(rows, ({ unit }) => unit);
  const sums = mergeSums(
    [...byUnit.values()].map((own) =>
      unitSums(own.filter(({ value }) => value <= summary.quantile).length, own.length),
    ),
  );
  const [independent, clustered] = [
    orderStatisticQuantile(summary),
    clusteredOrderStatisticQuantile(summary, sums),
  ];
  if (independent.status !== "ok" || clustered.status !== "ok") throw new Error("not estimable");
  return { independent: Math.sqrt(independent.variance), clustered: Math.sqrt(clustered.variance) };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}
