import { z } from "zod";
import { type Context, requireScope } from "#lib/core/context.ts";
import { countTokens, loadTokenizer } from "#lib/llm/tokens.ts";
import { loadPriceOverrides } from "#lib/models/prices.ts";
import { priceOf } from "#lib/models/pricing.ts";
import { listModelVersions } from "#lib/models/queries.ts";
import { compile } from "#lib/prompts/template.ts";
import { effectiveParameters } from "./effective-parameters.ts";
import { playgroundColumn, playgroundRow } from "./schema.ts";

/** What a run would take. `costUsd` is an expectation, not a bound; null where some model has no known price. */
export type RunEstimate = { calls: number; inputTokens: number; costUsd: number | null };

export const estimateRunInput = z.object({
  columns: z.array(playgroundColumn).max(6),
  rows: z.array(playgroundRow).max(50),
  samples: z.int().min(1).max(10),
});

/** Tokens of an answer whose length nothing limits: a guess, said to be one where it is shown. */
const guessedOutputTokens = 200;

/** Counts the compiled prompts' tokens (o200k_base) and prices them. Calls after tools are not foreseen. */
export async function estimateRun(
  ctx: Context,
  input: z.output<typeof estimateRunInput>,
): Promise<RunEstimate> {
  requireScope(ctx, "read");
  const { columns, rows, samples } = input;
  const [tokenizer, models, prices] = await Promise.all([
    loadTokenizer(),
    listModelVersions(ctx),
    loadPriceOverrides(ctx.projectId),
  ]);
  let costUsd: number | null = 0;
  let inputTokens = 0;
  for (const column of columns) {
    const model = models.find((each) => each.id === column.modelVersionId);
    const { maxTokens } = effectiveParameters(
      model?.parameters ?? {},
      column.content.parameters,
      column.overrides,
    );
    for (const row of rows) {
      const { messages } = compile(column.content, row.variables, row.placeholders);
      const text = [...messages, ...row.messages]
        .map((message) => JSON.stringify(message.content))
        .join("\n");
      const tokens = countTokens(tokenizer, text);
      const usage = {
        inputTokens: tokens,
        outputTokens: Math.min(maxTokens ?? guessedOutputTokens, guessedOutputTokens),
        cachedInputTokens: null,
        cacheWriteInputTokens: null,
        reasoningOutputTokens: null,
      };
      const price = model ? priceOf(usage, model.providerModel, new Date(), prices) : null;
      inputTokens += tokens * samples;
      costUsd = costUsd === null || price === null ? null : costUsd + price * samples;
    }
  }
  return { calls: columns.length * rows.length * samples, inputTokens, costUsd };
}
