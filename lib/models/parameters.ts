import { z } from "zod";

/** How a model is asked to sample. Every field is optional: what is absent is the provider's own default. */
export const samplingParameters = z.strictObject({
  /** 0 is greedy; providers take 0–2. */
  temperature: z.number().min(0).max(2).optional(),
  /** Nucleus: the least set of tokens whose probability reaches this share. */
  topP: z.number().min(0).max(1).optional(),
  topK: z.int().min(1).optional(),
  /** Most tokens of one answer, reasoning included. */
  maxTokens: z.int().min(1).optional(),
  seed: z.int().optional(),
  stop: z.array(z.string().min(1)).max(4).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  reasoningEffort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).optional(),
});

export type SamplingParameters = z.infer<typeof samplingParameters>;

/** Our names to the chat-completions body's. `top_k` is no field of OpenAI's own but of vLLM, Ollama and others. */
const openAiNames = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  maxTokens: "max_tokens",
  seed: "seed",
  stop: "stop",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  reasoningEffort: "reasoning_effort",
} as const satisfies Record<keyof SamplingParameters, string>;

export type OpenAiParameters = {
  temperature?: number;
  top_p?: number;
  top_k?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
  seed?: number;
  stop?: string[];
  frequency_penalty?: number;
  presence_penalty?: number;
  reasoning_effort?: SamplingParameters["reasoningEffort"];
};

/**
 * The fields of a chat-completions body. OpenAI's reasoning models (`o1` … , `gpt-5` …) refuse `max_tokens`;
 * for them, told by `providerModel`, the limit is sent as `max_completion_tokens`.
 */
export function toOpenAi(parameters: SamplingParameters, providerModel = ""): OpenAiParameters {
  const body: Record<string, unknown> = {};
  for (const [ours, theirs] of Object.entries(openAiNames)) {
    const value = parameters[ours as keyof SamplingParameters];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    body[theirs === "max_tokens" && isOpenAiReasoning(providerModel) ? "max_completion_tokens" : theirs] =
      value;
  }
  return body as OpenAiParameters;
}

/** The sampling parameters that a chat-completions body carries, in our names; other fields are left alone. */
export function fromOpenAi(body: Readonly<Record<string, unknown>>): SamplingParameters {
  const found: Record<string, unknown> = {};
  for (const [ours, theirs] of Object.entries(openAiNames)) {
    if (body[theirs] !== undefined && body[theirs] !== null) found[ours] = body[theirs];
  }
  if (typeof body.max_completion_tokens === "number") found.maxTokens = body.max_completion_tokens;
  if (typeof found.stop === "string") found.stop = [found.stop];
  const fields = Object.entries(found).filter(
    ([name, value]) => samplingParameters.shape[name as keyof SamplingParameters].safeParse(value).success,
  );
  return Object.fromEntries(fields) as SamplingParameters;
}

/** Later ones win, field by field. */
export function mergeParameters(
  ...layers: readonly (SamplingParameters | null | undefined)[]
): SamplingParameters {
  const merged: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer ?? {})) if (value !== undefined) merged[name] = value;
  }
  return merged as SamplingParameters;
}

function isOpenAiReasoning(providerModel: string): boolean {
  return /^(?:o[1-9]|gpt-[5-9])/.test(providerModel);
}
