import { bucketHash } from "#lib/stats/bucket-hash.ts";
import { bucketRanges, chooseVariation } from "#lib/stats/bucket-ranges.ts";
import { inNamespace } from "#lib/stats/namespace.ts";
import type { AbDefinition } from "./definition.ts";
import type { Attributes } from "./schema.ts";

export type VariantChoice = {
  /** The variant to serve; of a unit that is not in the test, the default one. */
  variantKey: string;
  isInTest: boolean;
  /** Why it is not in the test. */
  reason: "not_running" | "not_targeted" | "held_out" | "outside_namespace" | "outside_coverage" | null;
};

/**
 * The variant that a unit hashes to: the same answer in every process and language that has the definition.
 * The order of the checks is GrowthBook's: running, targeting, holdout, namespace, coverage. Sticky assignments, which win
 * over the hash, are `assignUnit`'s.
 */
export function assignVariant(
  definition: AbDefinition,
  unitId: string,
  attributes: Attributes = {},
): VariantChoice {
  const outside = (reason: VariantChoice["reason"]): VariantChoice => ({
    variantKey: definition.defaultVariantKey,
    isInTest: false,
    reason,
  });
  if (definition.status !== "running") return outside("not_running");
  if (!isTargeted(definition.targeting, attributes)) return outside("not_targeted");
  const { namespace, holdout } = definition;
  // A definition that a client fetched from an older server has none.
  if (holdout && inNamespace(unitId, `holdout:${holdout.name}`, [0, holdout.share]))
    return outside("held_out");
  if (namespace && !inNamespace(unitId, namespace.name, [namespace.start, namespace.end]))
    return outside("outside_namespace");
  const hash = bucketHash(definition.seed, unitId, definition.hashVersion);
  if (hash === null) throw new RangeError(`unknown hash version ${definition.hashVersion}`);
  const weights = definition.variants.map((variant) => variant.weight);
  const index = chooseVariation(hash, bucketRanges(weights.length, definition.coverage, weights));
  const variant = index === null ? undefined : definition.variants[index];
  return variant ? { variantKey: variant.key, isInTest: true, reason: null } : outside("outside_coverage");
}

function isTargeted(rules: AbDefinition["targeting"], attributes: Attributes): boolean {
  return rules.every((rule) => {
    const value = attributes[rule.attribute];
    const isListed = value !== undefined && value !== null && rule.values.includes(String(value));
    return rule.operator === "in" ? isListed : !isListed;
  });
}
