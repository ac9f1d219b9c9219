import { murmur3 } from "./murmur3.ts";

/** Number of unit groups the delete-a-group jackknife uses. */
export const jackknifeBuckets = 100;

/**
 * The jackknife group of a unit: murmur3(`seed:unit`) mod 100. The seed must differ from the assignment seed, or
 * groups and arms would be the same partition.
 */
export function jackknifeBucket(unit: string, seed: string): number {
  return murmur3(`${seed}:${unit}`) % jackknifeBuckets;
}
