import type { SamplingParameters } from "#lib/models/parameters.ts";

const names: Record<keyof SamplingParameters, string> = {
  temperature: "temperature",
  topP: "top p",
  topK: "top k",
  maxTokens: "max tokens",
  seed: "seed",
  stop: "stop",
  frequencyPenalty: "frequency penalty",
  presencePenalty: "presence penalty",
  reasoningEffort: "reasoning effort",
};

/** `temperature 0.2, max tokens 64`; "provider's defaults" where nothing is set. */
export function formatParameters(parameters: SamplingParameters): string {
  const parts = Object.entries(parameters).map(([name, value]) => {
    const shown = Array.isArray(value) ? value.map((text) => JSON.stringify(text)).join(" ") : String(value);
    return `${names[name as keyof SamplingParameters]} ${shown}`;
  });
  return parts.join(", ") || "provider's defaults";
}
