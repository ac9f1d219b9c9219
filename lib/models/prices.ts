import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId, newId } from "#lib/core/ids.ts";
import type { ModelPrice as ModelPriceRow } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import type { PriceRow } from "./price-table.ts";
import { type ModelPrice, type SaveModelPriceInput, saveModelPriceInput } from "./schema.ts";

/** The project's own prices, by pattern, the latest first. */
export async function listPrices(ctx: Context): Promise<ModelPrice[]> {
  requireScope(ctx, "read");
  return (await rowsOf(ctx.projectId)).map((row) => ({
    id: row.id,
    pattern: row.pattern,
    validFrom: row.validFrom.toISOString(),
    inputPerMillion: row.inputPerMillion,
    cachedInputPerMillion: row.cachedInputPerMillion,
    cacheWritePerMillion: row.cacheWritePerMillion,
    outputPerMillion: row.outputPerMillion,
    reasoningPerMillion: row.reasoningPerMillion,
  }));
}

/** The same as `priceOf` takes them, for the ingestion of any key's spans. */
export async function loadPriceOverrides(projectId: string): Promise<PriceRow[]> {
  return (await rowsOf(projectId)).map((row) => ({
    model: row.pattern,
    from: row.validFrom.toISOString(),
    input: row.inputPerMillion,
    output: row.outputPerMillion,
    cachedInput: row.cachedInputPerMillion ?? undefined,
    cacheWrite: row.cacheWritePerMillion ?? undefined,
    reasoning: row.reasoningPerMillion ?? undefined,
  }));
}

/** Sets the price of a pattern from a time on. Needs `models:write`. Costs already stored do not change. */
export async function savePrice(ctx: Context, input: SaveModelPriceInput): Promise<ModelPrice> {
  requireScope(ctx, "models:write");
  const { pattern, validFrom, ...prices } = saveModelPriceInput.parse(input);
  const key = { projectId: ctx.projectId, pattern, validFrom: new Date(validFrom) };
  return prisma().$transaction(async (tx) => {
    const row = await tx.modelPrice.upsert({
      where: { projectId_pattern_validFrom: key },
      create: { id: newId(), ...key, ...prices },
      update: prices,
    });
    await recordAudit(tx, ctx, {
      action: "model_price.saved",
      subjectType: "model_price",
      subjectId: row.id,
      subjectName: pattern,
      after: { validFrom, ...prices },
    });
    return { id: row.id, pattern, validFrom: row.validFrom.toISOString(), ...prices };
  });
}

/** Needs `models:write`. Throws `not_found`. */
export async function deletePrice(ctx: Context, id: string): Promise<void> {
  requireScope(ctx, "models:write");
  await prisma().$transaction(async (tx) => {
    const row = isId(id) ? await tx.modelPrice.findFirst({ where: { id, projectId: ctx.projectId } }) : null;
    if (!row) throw new AppError("not_found", "There is no such price.");
    await tx.modelPrice.delete({ where: { id: row.id } });
    await recordAudit(tx, ctx, {
      action: "model_price.deleted",
      subjectType: "model_price",
      subjectId: row.id,
      subjectName: row.pattern,
    });
  });
}

function rowsOf(projectId: string): Promise<ModelPriceRow[]> {
  return prisma().modelPrice.findMany({
    where: { projectId },
    orderBy: [{ pattern: "asc" }, { validFrom: "desc" }],
  });
}
