import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histogramOf } from "./log-histogram.ts";
import { randomStream } from "./random.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { mergeSums, unitSums } from "./sums.ts";
import { winsorizedUnitSums, winsorizeSums, winsorThreshold } from "./winsorize.ts";

describe("winsorizing", () => {
  it("of stored sums equals winsorizing every unit", () => {
    const unit = fc.record({ s: fc.integer({ min: 0, max: 1000 }), n: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(unit), fc.integer({ min: 0, max: 1000 }), (units, threshold) => {
        const stored = mergeSums(units.map(({ s, n }) => unitSums(s, n)));
        const above = units.filter(({ s }) => s > threshold);
        const rebuilt = mergeSums(units.map(({ s, n }) => winsorizedUnitSums(s, n, threshold)));
        expect(winsorizeSums(stored, above, threshold)).toEqual(rebuilt);
      }),
    );
  });

  it("at p99.9 changes one unit in a thousand and steadies a heavy-tailed mean", () => {
    const random = randomStream(2);
    const totals = Array.from({ length: 20_000 }, () => (1 - random.uniform()) ** (-1 / 2.1));
    const threshold = winsorThreshold(histogramOf(totals));
    if (threshold.status !== "ok") throw new Error(threshold.reason);
    const above = totals.filter((total) => total > threshold.value);
    expect(above.length).toBeGreaterThan(10);
    expect(above.length).toBeLessThan(35);
    const [plain, cut] = [
      ratioEstimate(mergeSums(totals.map((total) => unitSums(total)))),
      ratioEstimate(mergeSums(totals.map((total) => winsorizedUnitSums(total, 1, threshold.value)))),
    ];
    if (plain.status !== "ok" || cut.status !== "ok") throw new Error("not estimable");
    expect(cut.variance).toBeLessThan(0.8 * plain.variance);
    expect(cut.estimate / plain.estimate).toBeGreaterThan(0.95);
  });

  it("has no threshold from fewer than a thousand units, and takes no number that is none", () => {
    const reason = { status: "not_estimable", reason: "too_few_observations" };
    expect(winsorThreshold(histogramOf([1, 2, 3]))).toEqual(reason);
    expect(winsorThreshold(new Map())).toEqual(reason);
    expect(() => winsorizedUnitSums(Number.NaN, 1, 5)).toThrow(RangeError);
    expect(() => winsorizedUnitSums(1, 1, Number.NaN)).toThrow(RangeError);
  });
});
