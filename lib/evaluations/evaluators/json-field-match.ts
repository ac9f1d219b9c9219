import type { Json } from "#lib/core/json.ts";
import { acceptedAnswers, noExpected } from "./accepted-answers.ts";
import type { EvaluatorConfigOf } from "./config.ts";
import { parseOutput } from "./json-schema.ts";
import { type Judgment, notScored, passed, type Sample } from "./judgment.ts";
import { normalize } from "./normalize.ts";

/** 1 if a field of the output's JSON equals the expected answer, or the same field of the expected object. */
export function jsonFieldMatch(config: EvaluatorConfigOf<"json_field_match">, sample: Sample): Judgment {
  const { expected } = sample;
  const isObject = typeof expected === "object" && expected !== null && !Array.isArray(expected);
  const wanted = isObject
    ? readPath(expected, config.expectedField ?? config.field)
    : (expected ?? undefined);
  const accepted = acceptedAnswers(wanted ?? null);
  if (accepted.length === 0) return notScored(noExpected);
  const value = parseOutput(sample.output);
  if (value === undefined) return passed(false, "The output is not JSON.");
  const found = readPath(value, config.field);
  if (found === undefined || found === null) return passed(false, `The output has no “${config.field}”.`);
  const answers = acceptedAnswers(found).map((answer) => normalize(answer, config.normalization));
  const isEqual = accepted.some((answer) => answers.includes(normalize(answer, config.normalization)));
  return passed(isEqual, `“${config.field}” is not ${accepted.map((answer) => `“${answer}”`).join(" or ")}.`);
}

function readPath(value: Json, path: string): Json | undefined {
  let current: Json | undefined = value;
  for (const member of path.split(".")) {
    if (typeof current !== "object" || current === null) return undefined;
    current = Object.hasOwn(current, member) ? (current as Record<string, Json>)[member] : undefined;
  }
  return current;
}
