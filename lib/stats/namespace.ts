import { bucketHash } from "./bucket-hash.ts";
import { type BucketRange, inRange } from "./bucket-ranges.ts";

/**
 * Whether a unit falls in a namespace's range, so that tests that own disjoint ranges of one namespace never share
 * a unit. Seed `__` + namespace id. Version 1 is GrowthBook's legacy rule (`inNamespace`, `sdk-js/src/util.ts`) and
 * inherits its bias; new namespaces use version 3. An unknown version contains nobody.
 */
export function inNamespace(value: string, namespaceId: string, range: BucketRange, version = 3): boolean {
  const hash = bucketHash(`__${namespaceId}`, value, version);
  return hash !== null && inRange(hash, range);
}
