import { type Context, requireScope } from "#lib/core/context.ts";
import { findDatasetVersion, listItems } from "#lib/datasets/queries.ts";
import type { DatasetItem } from "#lib/datasets/schema.ts";
import { countTokens, loadTokenizer, type Tokenizer } from "#lib/llm/tokens.ts";
import { mergeParameters } from "#lib/models/parameters.ts";
import { loadPriceOverrides } from "#lib/models/prices.ts";
import { priceOf } from "#lib/models/pricing.ts";
import { findModelVersion } from "#lib/models/queries.ts";
import { findVersionById } from "#lib/prompts/find-version.ts";
import { compile } from "#lib/prompts/template.ts";
import { toVariables } from "./run-item.ts";
import type { StartEvaluationInput } from "./schema.ts";

export type EvaluationEstimate = {
  calls: number;
  /** US dollars; null when some model has no known price. An expectation, not a bound. */
  costUsd: number | null;
  /** Of the first items, what the prompts cannot be filled with: each would become an error. */
  problems: string[];
};

const sampledItems = 20;
/** Tokens of an answer whose length nothing limits: a guess, said to be one where it is shown. */
const guessedOutputTokens = 200;

/** What an evaluation would take, from the first 20 items' compiled prompts and the models' prices. Judges left out. */
export async function estimateEvaluation(
  ctx: Context,
  input: Pick<StartEvaluationInput, "datasetVersionId" | "candidates" | "repeats">,
): Promise<EvaluationEstimate> {
  requireScope(ctx, "read");
  const repeats = input.repeats ?? 1;
  const version = await findDatasetVersion(ctx, input.datasetVersionId);
  const { data: items } = await listItems(ctx, { datasetVersionId: version.id, limit: sampledItems });
  const prices = await loadPriceOverrides(ctx.projectId);
  const tokenizer = await loadTokenizer();
  const problems = new Set<string>();
  let costUsd: number | null = 0;
  for (const candidate of input.candidates) {
    const prompt = await findVersionById(ctx, candidate.promptVersionId);
    const model = await findModelVersion(ctx, candidate.modelVersionId);
    const compiled = items.map((item) => compileItem(tokenizer, prompt.content, item));
    for (const { problem } of compiled)
      if (problem) problems.add(`${prompt.name} v${prompt.number}: ${problem}`);
    const inputTokens = compiled.reduce((sum, { tokens }) => sum + tokens, 0) / Math.max(1, items.length);
    const { maxTokens } = mergeParameters(model.parameters, prompt.content.parameters, candidate.parameters);
    const usage = {
      inputTokens: Math.round(inputTokens),
      outputTokens: Math.min(maxTokens ?? guessedOutputTokens, guessedOutputTokens),
      cachedInputTokens: null,
      cacheWriteInputTokens: null,
      reasoningOutputTokens: null,
    };
    const perCall = priceOf(usage, model.providerModel, new Date(), prices);
    costUsd = costUsd === null || perCall === null ? null : costUsd + perCall * version.itemCount * repeats;
  }
  const calls = version.itemCount * input.candidates.length * repeats;
  return { calls, costUsd, problems: [...problems].slice(0, 10) };
}

function compileItem(tokenizer: Tokenizer, content: Parameters<typeof compile>[0], item: DatasetItem) {
  const { messages, problems } = compile(content, toVariables(item.input));
  const text = messages.map((message) => JSON.stringify(message.content)).join("\n");
  const problem = problems.find((each) => each.severity === "error")?.message ?? null;
  return { tokens: countTokens(tokenizer, text), problem };
}
