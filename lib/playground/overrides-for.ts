import { canonicalJson } from "#lib/core/json.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import { effectiveParameters } from "./effective-parameters.ts";
import type { ParameterOverrides } from "./schema.ts";

/**
 * The overrides with which a column sends exactly `sent`. Where what was sent is not known to be complete, what it
 * does not mention stays as the model version and the prompt have it. Pure.
 */
export function overridesFor(
  sent: SamplingParameters,
  defaults: SamplingParameters,
  own: SamplingParameters,
  { isComplete }: { isComplete: boolean },
): ParameterOverrides {
  const without: Record<string, unknown> = effectiveParameters(defaults, own, {});
  const wanted: Record<string, unknown> = { ...sent };
  const differing = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && canonicalJson(value) !== canonicalJson(without[name]),
  );
  const removed = isComplete ? Object.keys(without).filter((name) => wanted[name] === undefined) : [];
  return Object.fromEntries([...differing, ...removed.map((name) => [name, null])]);
}
