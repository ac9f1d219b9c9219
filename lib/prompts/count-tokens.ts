import { z } from "zod";
import { type Context, requireScope } from "#lib/core/context.ts";
import { countTokens, loadTokenizer } from "#lib/llm/tokens.ts";

export const encodings = ["o200k_base", "cl100k_base"] as const;

export const countTokensInput = z.object({
  texts: z.array(z.string().max(1_000_000)).max(1_000),
  encoding: z.enum(encodings),
});

/** Tokens of each text. The tokenizer's tables are a megabyte: better here than in everybody's browser. */
export async function countTextTokens(
  ctx: Context,
  input: z.infer<typeof countTokensInput>,
): Promise<number[]> {
  requireScope(ctx, "prompts:read");
  const tokenizer = await loadTokenizer(input.encoding);
  return input.texts.map((text) => countTokens(tokenizer, text));
}
