import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { lockModel } from "./queries.ts";

/** Takes a model out of the lists; its versions stay, for the record. Throws `conflict` while one is in Production. */
export async function archiveModel(ctx: Context, nameOrId: string): Promise<void> {
  requireScope(ctx, "models:write");
  await changeCatalogue(ctx.projectId, async (tx) => {
    const model = await lockModel(tx, ctx.projectId, nameOrId);
    const serving = await tx.modelVersion.findFirst({ where: { modelId: model.id, stage: "Production" } });
    if (serving) {
      throw new AppError(
        "conflict",
        `Version ${serving.number} of "${model.name}" is in Production. Demote it first.`,
      );
    }
    await tx.model.update({ where: { id: model.id, projectId: ctx.projectId }, data: { archivedAt: now() } });
    await recordAudit(tx, ctx, {
      action: "model.archived",
      subjectType: "model",
      subjectId: model.id,
      subjectName: model.name,
    });
  });
}
