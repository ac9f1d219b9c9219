import { z } from "zod";
import type { TokenUsage } from "#lib/models/pricing.ts";

const count = z.number().int().min(0).nullish().catch(null);

/** OpenAI's two spellings (chat and responses), and the fields in which DeepSeek tells its cache. */
const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  input_tokens: count,
  output_tokens: count,
  prompt_cache_hit_tokens: count,
  prompt_tokens_details: z
    .looseObject({ cached_tokens: count, cache_write_tokens: count })
    .nullish()
    .catch(null),
  input_tokens_details: z
    .looseObject({ cached_tokens: count, cache_write_tokens: count })
    .nullish()
    .catch(null),
  completion_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish().catch(null),
  output_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish().catch(null),
});

export const noUsage: TokenUsage = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  cacheWriteInputTokens: null,
  reasoningOutputTokens: null,
};

/** Token counts of a provider's `usage` object; null where it does not say. */
export function readUsage(reported: unknown): TokenUsage {
  const parsed = usage.safeParse(reported);
  if (!parsed.success) return noUsage;
  const { data } = parsed;
  const input = data.prompt_tokens_details ?? data.input_tokens_details;
  const output = data.completion_tokens_details ?? data.output_tokens_details;
  return {
    inputTokens: data.prompt_tokens ?? data.input_tokens ?? null,
    outputTokens: data.completion_tokens ?? data.output_tokens ?? null,
    cachedInputTokens: input?.cached_tokens ?? data.prompt_cache_hit_tokens ?? null,
    cacheWriteInputTokens: input?.cache_write_tokens ?? null,
    reasoningOutputTokens: output?.reasoning_tokens ?? null,
  };
}
