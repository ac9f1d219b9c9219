import type { ChatMessageIn } from "./chat-request.ts";
import {
  type Attribute,
  attributes,
  type Country,
  findAttribute,
  findByCapital,
  findMentions,
  plainText,
} from "./facts.ts";
import { textOf } from "./prompt.ts";

export type Question =
  | { kind: "fact"; country: Country; attribute: Attribute }
  /** "Which country has the capital Oslo?" */
  | { kind: "country"; country: Country; attribute: Attribute };

/**
 * What is asked: the country that the last user message names last, and the attribute named nearest to it; where
 * that message names no attribute ("And France?"), the one of the instructions, or of the question before. Null where no fact is asked.
 */
export function readQuestion(messages: readonly ChatMessageIn[]): Question | null {
  const asked = textOf(messages.findLast((message) => message.role === "user") ?? messages.at(-1)!);
  const instructions = messages
    .filter((message) => message.role === "system" || message.role === "developer")
    .map(textOf)
    .join("\n");

  const mention = findMentions(asked).at(-1);
  if (mention) {
    const before = messages
      .filter((message) => message.role === "user")
      .slice(0, -1)
      .map(textOf)
      .reverse();
    const attribute =
      attributeNear(asked, mention.start) ??
      attributeNear(instructions, 0) ??
      attributeNear(before.join("\n"), 0);
    return attribute && { kind: "fact", country: mention.country, attribute };
  }
  const country = /\b(?:which|what|name the) country\b/i.test(`${asked}\n${instructions}`)
    ? findByCapital(asked)
    : null;
  return country && { kind: "country", country, attribute: findAttribute("capital") };
}

function attributeNear(text: string, position: number): Attribute | null {
  let nearest: { attribute: Attribute; distance: number } | null = null;
  const plain = plainText(text);
  for (const attribute of attributes) {
    for (const match of plain.matchAll(attribute.asked)) {
      const distance = Math.abs(match.index - position);
      if (!nearest || distance < nearest.distance) nearest = { attribute, distance };
    }
  }
  return nearest?.attribute ?? null;
}

/** What the prompt says about the form of the answer. */
export type Style = {
  wantsBare: boolean;
  wantsJson: boolean;
  /** Keys named in the prompt, as in `{"answer": …}`. */
  jsonKeys: string[];
  /** Asked to think, check or verify first. */
  deliberates: boolean;
  /** Earlier assistant turns show the wanted form. */
  exampleCount: number;
  letterCase: "upper" | "lower" | null;
  separator: string;
  wantsPeriod: boolean;
  /** How many of the things that make a task clear the instructions say: role, form, language of names, doubt. */
  clarity: number;
};

export function readStyle(messages: readonly ChatMessageIn[]): Style {
  const prompt = messages.filter((message) => message.role !== "assistant" && message.role !== "tool");
  const text = prompt.map(textOf).join("\n");
  const says = (pattern: RegExp) => pattern.test(text);
  const examples = messages.filter((message) => message.role === "assistant").map(textOf);
  const examplesAreBare =
    examples.length > 0 && examples.every((example) => /^[^.!?\n]{1,40}$/.test(example));

  return {
    wantsBare:
      examplesAreBare ||
      says(
        /\bonly (?:the|with|a|its|one|their)\b|\b(?:the|its) [\w ]{1,30} only\b|\bjust the\b|\bnothing else\b|\b(?:one|single|a few) words?\b|\bno (?:other|extra|further|additional|explanations?|punctuation|sentences?|prose)\b|\bwithout (?:any )?(?:explanation|punctuation|prose|other)/i,
      ),
    wantsJson: says(/\bjson\b/i) && !says(/\b(?:not|no|without) (?:in )?json\b/i),
    jsonKeys: [...text.matchAll(/["'`]([A-Za-z_][\w-]{0,40})["'`]\s*:/g)].map((match) => match[1]!),
    deliberates: says(
      /\bstep[ -]by[ -]step\b|\bthink\b|\breason(?:ing)?\b|\b(?:double[ -]?)?check\b|\bverif(?:y|ied)\b|\bmake sure\b|\bcareful(?:ly)?\b/i,
    ),
    exampleCount: examples.length,
    letterCase: says(/\b(?:upper ?case|capital letters|all caps)\b/i)
      ? "upper"
      : says(/\blower ?case\b/i)
        ? "lower"
        : null,
    separator: says(/\bsemicolons?\b/i)
      ? "; "
      : says(/\b(?:one per line|each on (?:a|its own) line|new ?lines?)\b/i)
        ? "\n"
        : ", ",
    wantsPeriod: says(/\bend with a (?:period|full stop)\b/i),
    clarity: [
      /\byou are an?\b|\bexpert\b|\bgeograph/i,
      /\b(?:exact|common|usual|official|english) (?:name|spelling|form)/i,
      /\bif (?:there (?:are|is)|you(?:'re| are)|it has|several|more than)\b/i,
      /\bexample|\bfor instance\b|\be\.g\./i,
    ].filter((pattern) => says(pattern)).length,
  };
}
