import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId, newId } from "#lib/core/ids.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { lockModel } from "#lib/models/queries.ts";
import type { Stage } from "#lib/models/schema.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { type SetStageInput, setStageInput } from "./schema.ts";

export type StageSet = {
  modelVersionId: string;
  fromStage: Stage;
  stage: Stage;
  /** Numbers of the versions that left the stage for Archived. */
  archivedVersions: number[];
};

/**
 * Moves a model version to a stage, as MLflow does: several versions of a model may share one, unless
 * `archiveExisting` sends the others to Archived. Each change is one row of history and one of the audit log.
 */
export async function setStage(ctx: Context, input: SetStageInput): Promise<StageSet> {
  return changeCatalogue(ctx.projectId, (tx) => placeStage(tx, ctx, input));
}

/** The same inside the caller's transaction. */
export async function placeStage(tx: Transaction, ctx: Context, input: SetStageInput): Promise<StageSet> {
  requireScope(ctx, "models:write");
  const { modelVersionId, stage, reason, evidence, archiveExisting } = setStageInput.parse(input);
  const where = { id: modelVersionId, projectId: ctx.projectId };
  const version = isId(modelVersionId)
    ? await tx.modelVersion.findFirst({ where, include: { model: { select: { id: true, name: true } } } })
    : null;
  if (!version) throw new AppError("not_found", "There is no such model version in this project.");
  // Held, so that two promotions at once cannot both miss each other in `archiveExisting`.
  await lockModel(tx, ctx.projectId, version.modelId);
  const others =
    archiveExisting && stage !== "Archived" && stage !== "None"
      ? await tx.modelVersion.findMany({
          where: { modelId: version.modelId, stage, id: { not: version.id } },
          orderBy: { number: "asc" },
        })
      : [];
  const current = await tx.modelVersion.findUniqueOrThrow({ where: { id: version.id } });
  const move = { modelName: version.model.name, reason, evidence };
  for (const other of others) await change(tx, ctx, { ...move, version: other, stage: "Archived" });
  if (current.stage !== stage) await change(tx, ctx, { ...move, version: current, stage });
  return {
    modelVersionId: version.id,
    fromStage: current.stage as Stage,
    stage,
    archivedVersions: others.map((other) => other.number),
  };
}

type StageChange = {
  modelName: string;
  version: { id: string; modelId: string; number: number; stage: string };
  stage: Stage;
  reason: string;
  evidence: SetStageInput["evidence"];
};

async function change(tx: Transaction, ctx: Context, move: StageChange): Promise<void> {
  const { version, stage, reason, evidence, modelName } = move;
  const at = now();
  await tx.modelVersion.update({ where: { id: version.id }, data: { stage } });
  await tx.promotion.create({
    data: {
      id: newId(at.getTime()),
      projectId: ctx.projectId,
      at,
      subject: "model_stage",
      subjectId: version.modelId,
      target: stage,
      toVersionId: version.id,
      actorType: ctx.actor.type,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      reason,
      evidence: evidence === undefined ? Prisma.DbNull : (evidence as Prisma.InputJsonValue),
    },
  });
  await recordAudit(tx, ctx, {
    action: "model.stage_set",
    subjectType: "model_version",
    subjectId: version.id,
    subjectName: `${modelName} v${version.number}`,
    before: { stage: version.stage },
    after: { stage },
    reason,
  });
}
