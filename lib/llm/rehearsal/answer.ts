import type { JsonObject } from "#lib/core/json.ts";
import type { RehearsalModel } from "./models.ts";
import type { Question, Style } from "./question.ts";
import type { Draw } from "./random.ts";
import type { Candidate } from "./recall.ts";
import { type Sampling, sample } from "./sample.ts";

/** A stretch of the answer that was one decision, with the roads not taken. */
export type Segment = { text: string; logprob: number; alternatives: { text: string; logprob: number }[] };

/** Writes down the answer that was recalled, in the form the prompt asks for, as far as the model obeys. */
export function writeAnswer(
  model: RehearsalModel,
  question: Question,
  style: Style,
  candidates: readonly Candidate[],
  sampling: Sampling,
  draw: Draw,
): Segment[] {
  const recalled = decideValues(candidates, style, sampling, draw);
  const obeys = sample([model.obedience + 0.4 * Math.min(style.exampleCount, 3), 0], sampling, draw);
  const doesObey = obeys.index === 0;

  if (style.wantsJson) return jsonAnswer(recalled, question, style, doesObey);
  if (style.wantsBare) {
    return doesObey ? bareAnswer(recalled, style) : sentence(recalled, question, style, 0);
  }
  if (style.deliberates)
    return [plainSegment(deliberation(question)), ...sentence(recalled, question, style, 0)];
  return sentence(recalled, question, style, sample([1.2, 0.4, 0.2], sampling, draw).index);
}

type Recalled = { values: string[]; isSeveral: boolean; drawn: Segment };

function decideValues(
  candidates: readonly Candidate[],
  style: Style,
  sampling: Sampling,
  draw: Draw,
): Recalled {
  const logits = candidates.map((candidate) => candidate.logit);
  const { index, logprob, probabilities } = sample(logits, sampling, draw);
  const text = (candidate: Candidate) => cased(candidate.values.join(style.separator), style);
  const chosen = candidates[index]!;
  return {
    values: chosen.values.map((value) => cased(value, style)),
    isSeveral: chosen.values.length > 1,
    drawn: {
      text: text(chosen),
      logprob,
      alternatives: candidates.map((candidate, rank) => ({
        text: text(candidate),
        logprob: Math.log(Math.max(probabilities[rank]!, Number.MIN_VALUE)),
      })),
    },
  };
}

function bareAnswer({ drawn }: Recalled, style: Style): Segment[] {
  return style.wantsPeriod ? [drawn, plainSegment(".")] : [drawn];
}

const openings = ["", "Sure! ", "Good question. "];

function sentence(
  { values, isSeveral, drawn }: Recalled,
  question: Question,
  style: Style,
  opening: number,
): Segment[] {
  const answer = isSeveral ? `${values.slice(0, -1).join(", ")} and ${values.at(-1)}` : values[0]!;
  const name = cased(question.country.name.common, style);
  const whole =
    question.kind === "country"
      ? `${cased(question.country.capital[0]!, style)} is the capital of ${answer}.`
      : question.attribute.sentence(name, answer, isSeveral);
  const start = whole.lastIndexOf(answer);
  return [
    plainSegment(openings[opening]! + whole.slice(0, start)),
    { ...drawn, text: answer },
    plainSegment(whole.slice(start + answer.length)),
  ].filter((segment) => segment.text !== "");
}

// A model told to answer in JSON by the prompt alone sometimes wraps it in a code fence and talks.
function jsonAnswer(recalled: Recalled, question: Question, style: Style, doesObey: boolean): Segment[] {
  const json = JSON.stringify(jsonFields(recalled.values, question, style.jsonKeys));
  return [
    { ...recalled.drawn, text: doesObey ? json : `Here is the answer:\n\n\`\`\`json\n${json}\n\`\`\`` },
  ];
}

/** The fields of a JSON answer: the named keys, or `answer`. A key that names the country repeats it. */
export function jsonFields(
  values: readonly string[],
  question: Question,
  keys: readonly string[],
): JsonObject {
  const value = values.length === 1 ? values[0]! : [...values];
  const fields: JsonObject = {};
  for (const key of keys.length > 0 ? keys : ["answer"]) {
    const isSubject = question.kind === "fact" && /^country(?:_?name)?$/i.test(key);
    fields[key] = isSubject ? question.country.name.common : value;
  }
  return fields;
}

/** What a model that was asked to think writes before its answer. */
export function deliberation({ country, attribute, kind }: Question): string {
  const topic = attribute.name.replaceAll("_", " ");
  const subject = kind === "country" ? country.capital[0]! : country.name.common;
  return (
    `Let me check this step by step. The question is about the ${topic} of ${subject}. ` +
    `${country.name.common} lies in ${country.subregion || country.region}, and the countries around it are easily ` +
    `confused with it, so I compare before I answer.\n\nAnswer: `
  );
}

export function plainSegment(text: string): Segment {
  return { text, logprob: -0.002, alternatives: [] };
}

function cased(text: string, style: Style): string {
  if (style.letterCase === "upper") return text.toUpperCase();
  return style.letterCase === "lower" ? text.toLowerCase() : text;
}
