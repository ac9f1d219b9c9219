import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketHash } from "./bucket-hash.ts";
import { bucketRanges, chooseVariation } from "./bucket-ranges.ts";
import { jackknifeBucket } from "./jackknife-bucket.ts";
import { murmur3 } from "./murmur3.ts";
import { inNamespace } from "./namespace.ts";

describe("hashing", () => {
  it.each([
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["test", 0, 0xba6bd213],
    ["Hello, world!", 0, 0xc0363e43],
    ["The quick brown fox jumps over the lazy dog", 0, 0x2e4ff723],
  ])("murmur3(%j, %i) is the published value", (text, seed, expected) => {
    expect(murmur3(text, seed)).toBe(expected);
  });

  it("hashes UTF-8 in version 3 and UTF-16 units, as GrowthBook, in version 2", () => {
    expect(bucketHash("s", "é", 2)).toBe(0.8605);
    expect(bucketHash("seed", "é", 3)).toBe(murmur3("seed:é") / 2 ** 32);
  });

  it("assigns nobody by an unknown version", () => {
    expect(bucketHash("seed", "a", 99)).toBeNull();
    expect(inNamespace("a", "n", [0, 1], 99)).toBe(false);
  });

  it("is even, and independent between similar seeds, in versions 2 and 3", () => {
    for (const version of [2, 3]) {
      const cells = [0, 0, 0, 0];
      for (let i = 0; i < 20_000; i++) {
        const [x, y] = [
          bucketHash("exp-1", `user-${i}`, version)!,
          bucketHash("exp-2", `user-${i}`, version)!,
        ];
        cells[(x < 0.5 ? 0 : 2) + (y < 0.5 ? 0 : 1)]! += 1;
      }
      for (const count of cells) expect(Math.abs(count - 5000)).toBeLessThan(5 * Math.sqrt(3750));
    }
  });

  it("spreads units over jackknife groups independently of the arm", () => {
    const groups = new Set(Array.from({ length: 3000 }, (_, i) => jackknifeBucket(`user-${i}`, "jk")));
    expect(groups.size).toBe(100);
  });
});

describe("bucket ranges", () => {
  const split = fc
    .array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.map((part) => part / parts.reduce((sum, value) => sum + value, 0)));
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it("only add units when coverage rises: nobody changes arm", () => {
    fc.assert(
      fc.property(split, share, share, share, (weights, one, two, hash) => {
        const [less, more] = [Math.min(one, two), Math.max(one, two)];
        const before = chooseVariation(hash, bucketRanges(weights.length, less, weights));
        const after = chooseVariation(hash, bucketRanges(weights.length, more, weights));
        if (before !== null) expect(after).toBe(before);
      }),
    );
  });

  it("never overlap, and give each variation coverage times its weight", () => {
    fc.assert(
      fc.property(split, share, (weights, coverage) => {
        const ranges = bucketRanges(weights.length, coverage, weights);
        for (const [i, [start, end]] of ranges.entries()) {
          expect(end - start).toBeCloseTo(coverage * weights[i]!, 9);
          if (i > 0) expect(start).toBeGreaterThanOrEqual(ranges[i - 1]![1] - 1e-12);
        }
      }),
    );
  });

  it("leave a unit outside the test without a variation", () => {
    expect(chooseVariation(0.3, bucketRanges(2, 0.5))).toBeNull();
    expect(chooseVariation(0.5, bucketRanges(2, 0.5))).toBe(1);
  });
});
