import type { JsonObject } from "#lib/core/json.ts";
import { spellValue } from "#lib/prompts/variable-value.ts";
import type { Prompt } from "./prompts.ts";

/**
 * OpenTelemetry attributes for the span of the model call: by them its trace is found again under the prompt's
 * version, with the variables it was filled with, and counts for the A/B test's variant. A fallback prompt has no
 * version to be found under, and a unit that is not in the test does not count, so those add nothing.
 *
 * @example
 * span.setAttributes(spanAttributes(prompt, { ticket }));
 * span.setAttributes(spanAttributes(prompt, { ticket }, assignment));
 */
export function spanAttributes(
  prompt: Pick<Prompt, "name" | "number"> | null,
  variables: JsonObject = {},
  assignment: { abTestKey: string; variantKey: string; unit: string; isInTest: boolean } | null = null,
): Record<string, string> {
  const attributes: Record<string, string> = {};
  if (prompt && prompt.number !== null) {
    attributes["gen_ai.prompt.name"] = prompt.name;
    attributes["gen_ai.prompt.version"] = String(prompt.number);
  }
  for (const [name, value] of Object.entries(variables)) {
    attributes[`gen_ai.prompt.variable.${name}`] = spellValue(value);
  }
  if (assignment?.isInTest) {
    attributes["stemma.ab_test.key"] = assignment.abTestKey;
    attributes["stemma.ab_test.variant"] = assignment.variantKey;
    attributes["stemma.ab_test.unit"] = assignment.unit;
  }
  return attributes;
}
