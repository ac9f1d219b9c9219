import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { loadPriceOverrides } from "./prices.ts";
import { findPrice } from "./pricing.ts";
import type { ModelVersion } from "./schema.ts";

/** What a million input tokens cost now, in US dollars, by model version's id; models without a known price are absent. */
export async function listInputPrices(
  ctx: Context,
  models: readonly ModelVersion[],
): Promise<Record<string, number>> {
  requireScope(ctx, "prompts:read");
  const overrides = await loadPriceOverrides(ctx.projectId);
  return Object.fromEntries(
    models.flatMap(({ id, providerModel }) => {
      const price = findPrice(providerModel, now(), overrides);
      return price ? [[id, price.input]] : [];
    }),
  );
}
