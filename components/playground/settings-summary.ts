import type { SamplingParameters } from "#lib/models/parameters.ts";
import { effectiveParameters } from "#lib/playground/effective-parameters.ts";
import type { PlaygroundColumn } from "#lib/playground/schema.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { countOf } from "../ui/format.ts";

export const parameterNames: Record<keyof SamplingParameters, string> = {
  temperature: "temperature",
  topP: "top p",
  topK: "top k",
  maxTokens: "max tokens",
  seed: "seed",
  stop: "stop sequences",
  frequencyPenalty: "frequency penalty",
  presencePenalty: "presence penalty",
  reasoningEffort: "reasoning effort",
};

/** What a column sends besides its messages, in words: parameters, answer format and tools. */
export function settingsSummary(
  column: PlaygroundColumn,
  content: PromptContent,
  defaults: SamplingParameters,
): string[] {
  const sent = effectiveParameters(defaults, content.parameters, column.overrides);
  const parameters = (Object.keys(parameterNames) as (keyof SamplingParameters)[]).flatMap((name) => {
    const value = sent[name];
    return value === undefined ? [] : [`${parameterNames[name]} ${spell(value)}`];
  });
  const left = (Object.entries(column.overrides) as [keyof SamplingParameters, unknown][]).flatMap(
    ([name, value]) => (value === null ? [`${parameterNames[name]} not sent`] : []),
  );
  const format = content.responseFormat.type;
  return [
    ...parameters,
    ...left,
    ...(format === "json" ? ["JSON"] : format === "json_schema" ? ["JSON schema"] : []),
    ...(content.tools.length > 0 ? [countOf(content.tools.length, "tool")] : []),
  ];
}

function spell(value: NonNullable<SamplingParameters[keyof SamplingParameters]>): string {
  return Array.isArray(value) ? value.map((each) => JSON.stringify(each)).join(", ") : String(value);
}
