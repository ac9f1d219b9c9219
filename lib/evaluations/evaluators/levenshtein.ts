import { acceptedAnswers, noExpected } from "./accepted-answers.ts";
import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, notScored, type Sample, scored } from "./judgment.ts";
import { normalize } from "./normalize.ts";

const longestCharacters = 5000;

/** 1 − edit distance / length of the longer text, of the nearest accepted answer: 1 is equal, 0 all different. */
export function levenshtein(config: EvaluatorConfigOf<"levenshtein">, sample: Sample): Judgment {
  const accepted = acceptedAnswers(sample.expected);
  if (accepted.length === 0) return notScored(noExpected);
  const output = [...normalize(sample.output, config.normalization)];
  const answers = accepted.map((answer) => [...normalize(answer, config.normalization)]);
  if ([output, ...answers].some((text) => text.length > longestCharacters))
    return notScored(`A text is longer than ${longestCharacters} characters.`);
  return scored(Math.max(...answers.map((answer) => similarity(output, answer))));
}

function similarity(a: readonly string[], b: readonly string[]): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
}

/** Insertions, deletions and substitutions of code points (Wagner & Fischer 1974, one row). */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  const row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = a[i - 1] === b[j - 1] ? diagonal : 1 + Math.min(diagonal, above, row[j - 1]!);
      diagonal = above;
    }
  }
  return row[b.length]!;
}
