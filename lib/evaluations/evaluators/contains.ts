import { acceptedAnswers, noExpected } from "./accepted-answers.ts";
import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, notScored, passed, type Sample } from "./judgment.ts";
import { normalize } from "./normalize.ts";

/** 1 if the output has any (or all) of the texts as whole words, after normalization. */
export function contains(config: EvaluatorConfigOf<"contains">, sample: Sample): Judgment {
  const texts = config.texts ?? acceptedAnswers(sample.expected);
  if (texts.length === 0) return notScored(noExpected);
  const output = ` ${normalize(sample.output, config.normalization)} `;
  const missing = texts.filter((text) => !hasWords(output, normalize(text, config.normalization)));
  const isPassed = config.requires === "all" ? missing.length === 0 : missing.length < texts.length;
  return passed(isPassed, `Does not contain ${missing.map((text) => `“${text}”`).join(", ")}.`);
}

/** Scripts without spaces have no word boundary to ask for. */
function hasWords(output: string, text: string): boolean {
  if (text === "") return false;
  const isWord = (character: string | undefined) =>
    /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(character ?? "");
  for (let at = output.indexOf(text); at >= 0; at = output.indexOf(text, at + 1)) {
    const startsInside = isWord(output[at - 1]) && isWord(text[0]);
    const endsInside = isWord(output[at + text.length]) && isWord(text.at(-1));
    if (!startsInside && !endsInside) return true;
  }
  return false;
}
