import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { type ScoreDefinition, type ScoreDefinitionInput, scoreDefinitionInput } from "./schema.ts";

/**
 * What scores of this name may be, from now on; those already there stay. An archived definition of the name is in
 * force again. Needs `scores:write`.
 */
export async function saveScoreDefinition(
  ctx: Context,
  input: ScoreDefinitionInput,
): Promise<ScoreDefinition> {
  requireScope(ctx, "scores:write");
  const { name, ...data } = scoreDefinitionInput.parse(input);
  return prisma().$transaction(async (tx) => {
    const before = await findByName(tx, ctx, name);
    const row = await tx.scoreDefinition.upsert({
      where: { projectId_name: { projectId: ctx.projectId, name } },
      create: { id: newId(), projectId: ctx.projectId, name, ...data },
      update: { ...data, archivedAt: null },
    });
    const after = toDefinition(row);
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      await audit(tx, ctx, before ? "score_definition.changed" : "score_definition.created", before, after);
    }
    return after;
  });
}

/** The project's definitions by name, the archived ones last. Needs `read`. */
export async function listScoreDefinitions(ctx: Context): Promise<ScoreDefinition[]> {
  requireScope(ctx, "read");
  const rows = await prisma().scoreDefinition.findMany({
    where: { projectId: ctx.projectId },
    orderBy: { name: "asc" },
  });
  return rows.map(toDefinition).toSorted((a, b) => Number(a.isArchived) - Number(b.isArchived));
}

/** An archived definition refuses nothing and is not offered, and can be brought back. Throws `not_found`. Needs `scores:write`. */
export async function archiveScoreDefinition(
  ctx: Context,
  name: string,
  isArchived: boolean,
): Promise<ScoreDefinition> {
  requireScope(ctx, "scores:write");
  return prisma().$transaction(async (tx) => {
    const before = await findByName(tx, ctx, name);
    if (!before) throw notFound();
    if (before.isArchived === isArchived) return before;
    const row = await tx.scoreDefinition.update({
      where: { id: before.id },
      data: { archivedAt: isArchived ? new Date() : null },
    });
    const after = toDefinition(row);
    const action = isArchived ? "score_definition.archived" : "score_definition.restored";
    await audit(tx, ctx, action, before, after);
    return after;
  });
}

/** Throws `not_found`. Needs `scores:write`. */
export async function deleteScoreDefinition(ctx: Context, name: string): Promise<void> {
  requireScope(ctx, "scores:write");
  await prisma().$transaction(async (tx) => {
    const before = await findByName(tx, ctx, name);
    if (!before) throw notFound();
    await tx.scoreDefinition.delete({ where: { id: before.id } });
    await audit(tx, ctx, "score_definition.deleted", before, null);
  });
}

async function findByName(tx: Transaction, ctx: Context, name: string): Promise<ScoreDefinition | null> {
  const row = await tx.scoreDefinition.findUnique({
    where: { projectId_name: { projectId: ctx.projectId, name } },
  });
  return row && toDefinition(row);
}

function audit(
  tx: Transaction,
  ctx: Context,
  action: string,
  before: ScoreDefinition | null,
  after: ScoreDefinition | null,
) {
  const { id, name } = (after ?? before)!;
  return recordAudit(tx, ctx, {
    action,
    subjectType: "score_definition",
    subjectId: id,
    subjectName: name,
    before,
    after,
  });
}

const notFound = () => new AppError("not_found", "There is no such score definition in this project.");

type Row = Omit<ScoreDefinition, "type" | "isArchived"> & { type: string; archivedAt: Date | null };

/** Rows were written by `saveScoreDefinition`, which takes no other type. */
function toDefinition(row: Row): ScoreDefinition {
  const { id, name, type, minimum, maximum, categories, description, higherIsBetter } = row;
  return {
    id,
    name,
    type: type as ScoreDefinition["type"],
    minimum,
    maximum,
    categories,
    description,
    higherIsBetter,
    isArchived: row.archivedAt !== null,
  };
}
