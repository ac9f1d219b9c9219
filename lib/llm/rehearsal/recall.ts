import type { ChatMessageIn } from "./chat-request.ts";
import { type Country, nearbyWrongValues } from "./facts.ts";
import type { RehearsalModel } from "./models.ts";
import { textOf } from "./prompt.ts";
import type { Question, Style } from "./question.ts";
import { drawsOf, normal } from "./random.ts";

export type Candidate = { values: string[]; logit: number };

const wrongCandidates = 9;

/**
 * The answers a model hesitates between, the right one first. Its lead is the model's knowledge of that very fact
 * (fixed per model and fact: it knows or does not know it), what the prompt adds by clarity, examples and
 * deliberation, and a little that depends on the wording. Wrong ones are true of countries nearby.
 */
export function recall(
  model: RehearsalModel,
  question: Question,
  style: Style,
  messages: readonly ChatMessageIn[],
  reasoningEffort: string | null,
): Candidate[] {
  const { country, attribute } = question;
  const truth = question.kind === "country" ? [country.name.common] : attribute.values(country);
  const fact = [model.id.replace("flaky", "small"), question.kind, attribute.name, country.cca3] as const;
  const instructions = messages.filter(
    (message) => message.role === "system" || message.role === "developer",
  );
  const wording = drawsOf("wording", ...fact, instructions.map(textOf).join("\n"));

  const lead =
    model.knowledge +
    model.unevenness * normal(drawsOf("knowledge", ...fact)) +
    familiarity(country) +
    0.5 * normal(wording) +
    promptHelp(style, reasoningEffort);
  const wrong =
    question.kind === "country"
      ? nearbyWrongValues(country, { ...attribute, values: (other) => [other.name.common] }, wrongCandidates)
      : nearbyWrongValues(country, attribute, wrongCandidates);
  return [
    { values: truth.length > 0 ? truth : ["None"], logit: lead },
    ...wrong.map((values, rank) => ({
      values,
      logit: -0.3 * rank + 0.5 * normal(drawsOf("confusion", ...fact, rank)),
    })),
  ];
}

/** What a better prompt is worth, in logits. Deliberation counts in full only where the answer may show it. */
function promptHelp(style: Style, reasoningEffort: string | null): number {
  const deliberation = style.deliberates ? (style.wantsBare ? 0.6 : 1.3) : 0;
  const effort =
    { none: 0, minimal: 0.2, low: 0.6, medium: 1.1, high: 1.6, xhigh: 1.9 }[reasoningEffort ?? "none"] ?? 0;
  return 0.25 * style.clarity + 0.3 * Math.min(style.exampleCount, 3) + deliberation + effort;
}

function familiarity(country: Country): number {
  return (country.unMember ? 0.3 : -0.9) + 0.25 * (Math.log10(Math.max(country.area, 1)) - 4.5);
}
