import { acceptedAnswers, noExpected } from "./accepted-answers.ts";
import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, notScored, passed, type Sample } from "./judgment.ts";
import { normalize } from "./normalize.ts";

/** 1 if the whole output equals an accepted answer after normalization, else 0. */
export function exactMatch(config: EvaluatorConfigOf<"exact_match">, sample: Sample): Judgment {
  const accepted = acceptedAnswers(sample.expected);
  if (accepted.length === 0) return notScored(noExpected);
  const output = normalize(sample.output, config.normalization);
  const isEqual = accepted.some((answer) => normalize(answer, config.normalization) === output);
  return passed(isEqual, `Expected ${accepted.map((answer) => `“${answer}”`).join(" or ")}.`);
}
