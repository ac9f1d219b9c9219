import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { loadConnection, lockModel, toModelVersion } from "./queries.ts";
import { type CreateModelVersionInput, createModelVersionInput, type ModelVersion } from "./schema.ts";

/**
 * Adds an immutable version to a model, numbered one after its last; its stage is None. Needs `models:write`.
 * Throws `not_found` for the model or the connection, `conflict` for an archived one.
 */
export async function createModelVersion(
  ctx: Context,
  input: CreateModelVersionInput,
): Promise<ModelVersion> {
  requireScope(ctx, "models:write");
  const { model: modelName, ...fields } = createModelVersionInput.parse(input);
  return changeCatalogue(ctx.projectId, async (tx) => {
    const model = await lockModel(tx, ctx.projectId, modelName);
    if (model.archivedAt) throw new AppError("conflict", `The model "${model.name}" is archived.`);
    const connection = await loadConnection(ctx.projectId, fields.connectionId, tx);
    if (connection.archivedAt)
      throw new AppError("conflict", `The connection "${connection.name}" is archived.`);
    const last = await tx.modelVersion.aggregate({ where: { modelId: model.id }, _max: { number: true } });
    const row = await tx.modelVersion.create({
      data: {
        ...fields,
        id: newId(),
        projectId: ctx.projectId,
        modelId: model.id,
        number: (last._max.number ?? 0) + 1,
        source: fields.source as Prisma.InputJsonObject,
        metrics: fields.metrics as Prisma.InputJsonObject,
        createdBy: ctx.actor.name,
        createdAt: now(),
      },
    });
    await recordAudit(tx, ctx, {
      action: "model.version_created",
      subjectType: "model_version",
      subjectId: row.id,
      subjectName: `${model.name} v${row.number}`,
      after: { providerModel: row.providerModel, connection: connection.name, parameters: fields.parameters },
    });
    return toModelVersion(row, model, connection);
  });
}
