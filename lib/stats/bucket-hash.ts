import { fnv1a32 } from "./fnv1a.ts";
import { murmur3 } from "./murmur3.ts";

/**
 * A unit's place in [0, 1) for a seed.
 *
 * | version | formula | resolution |
 * |---|---|---|
 * | 1 | fnv1a32(value + seed) mod 1000 / 1000 | 0.1 %; biased across similar seeds: never write it, only read it |
 * | 2 | fnv1a32(str(fnv1a32(seed + value))) mod 10000 / 10000 | 0.01 %; GrowthBook's own |
 * | 3 | murmur3_x86_32(UTF-8 of seed:value) / 2³² | 2⁻³² |
 *
 * Versions 1 and 2 reproduce GrowthBook's published cases (`packages/sdk-js/test/cases.json`). Any other version
 * gives null: nobody can be assigned by a hash we do not know.
 */
export function bucketHash(seed: string, value: string, version: number): number | null {
  if (version === 1) return (fnv1a32(value + seed) % 1000) / 1000;
  if (version === 2) return (fnv1a32(String(fnv1a32(seed + value))) % 10000) / 10000;
  if (version === 3) return murmur3(`${seed}:${value}`) / 2 ** 32;
  return null;
}
