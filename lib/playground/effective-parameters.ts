import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { ParameterOverrides } from "./schema.ts";

/** What is sent: the model version's defaults, then the prompt's own, then the column's; null removes. Pure. */
export function effectiveParameters(
  defaults: SamplingParameters,
  own: SamplingParameters,
  overrides: ParameterOverrides,
): SamplingParameters {
  const merged: Record<string, unknown> = {};
  for (const layer of [defaults, own, overrides]) {
    for (const [name, value] of Object.entries(layer)) if (value !== undefined) merged[name] = value;
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}
