import type { FilterFacets } from "#components/traces/suggest-filter.ts";
import { listAbTests } from "#lib/abtests/queries.ts";
import type { Context } from "#lib/core/context.ts";
import { listDeployments } from "#lib/deployments/queries.ts";
import { listModels } from "#lib/models/queries.ts";
import { listPromptFacets, listPrompts } from "#lib/prompts/list-prompts.ts";
import { listScoreNames } from "#lib/scores/queries.ts";

/** The project's names that a filter can be completed with. */
export async function listFacets(ctx: Context): Promise<FilterFacets> {
  const [prompts, { labels }, models, tests, deployments, score] = await Promise.all([
    listPrompts(ctx, { limit: 200 }),
    listPromptFacets(ctx),
    listModels(ctx),
    listAbTests(ctx, { limit: 200 }),
    listDeployments(ctx, { limit: 200 }),
    listScoreNames(ctx),
  ]);
  const variants = tests.data.flatMap((test) => test.variants.map((variant) => variant.key));
  return {
    prompt: prompts.data.map((prompt) => prompt.name),
    label: labels,
    model: models.flatMap((model) => model.versions.map((version) => version.providerModel)),
    abtest: tests.data.map((test) => test.key),
    variant: [...new Set(variants)].toSorted(),
    deployment: deployments.data.map((deployment) => deployment.name),
    score,
  };
}
