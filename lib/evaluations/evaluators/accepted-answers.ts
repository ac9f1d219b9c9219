import { canonicalJson, type Json } from "#lib/core/json.ts";

/** The answers that count as right: the expected text, or each of a list. None where nothing is expected. Pure. */
export function acceptedAnswers(expected: Json | null): string[] {
  if (expected === null) return [];
  if (Array.isArray(expected)) return expected.flatMap(acceptedAnswers);
  return [typeof expected === "string" ? expected : canonicalJson(expected)];
}

export const noExpected = "The item has no expected answer.";
