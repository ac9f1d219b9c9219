import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import { isUniqueViolation } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { type CreateModelInput, createModelInput, type Model } from "./schema.ts";

/** Registers a model; it has no version yet. Needs `models:write`. Throws `conflict` if the name is taken. */
export async function createModel(ctx: Context, input: CreateModelInput): Promise<Model> {
  requireScope(ctx, "models:write");
  const fields = createModelInput.parse(input);
  const row = { id: newId(), projectId: ctx.projectId, createdAt: now(), ...fields };
  try {
    await changeCatalogue(ctx.projectId, async (tx) => {
      await tx.model.create({ data: row });
      await recordAudit(tx, ctx, {
        action: "model.created",
        subjectType: "model",
        subjectId: row.id,
        subjectName: row.name,
        after: fields,
      });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", `There is already a model "${fields.name}".`, {
      cause: error,
      issues: [{ path: "name", message: "This name is taken." }],
    });
  }
  return { id: row.id, ...fields, createdAt: row.createdAt.toISOString(), archivedAt: null, versions: [] };
}
