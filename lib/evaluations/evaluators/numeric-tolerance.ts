import { acceptedAnswers, noExpected } from "./accepted-answers.ts";
import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, notScored, passed, type Sample } from "./judgment.ts";

/** 1 if the first number in the output is within the tolerance of an expected number (the wider of the two). */
export function numericTolerance(config: EvaluatorConfigOf<"numeric_tolerance">, sample: Sample): Judgment {
  const accepted = acceptedAnswers(sample.expected);
  if (accepted.length === 0) return notScored(noExpected);
  const wanted = accepted.map(firstNumber).filter((number) => number !== null);
  if (wanted.length === 0) return notScored("The expected answer holds no number.");
  const found = firstNumber(sample.output);
  if (found === null) return passed(false, "The output holds no number.");
  const isWithin = wanted.some(
    (number) => Math.abs(found - number) <= Math.max(config.absolute, config.relative * Math.abs(number)),
  );
  return passed(isWithin, `${found} is not within the tolerance of ${wanted.join(" or ")}.`);
}

/** "about 1,234.5 km" → 1234.5. Commas separate thousands; null where there is no number. */
export function firstNumber(text: string): number | null {
  const match = /[-−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-−]?\.\d+/u.exec(text);
  return match ? Number(match[0].replaceAll(",", "").replace("−", "-")) : null;
}
