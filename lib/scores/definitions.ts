import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { type ScoreDefinition, type ScoreDefinitionInput, scoreDefinitionInput } from "./schema.ts";

/** What scores of this name may be, from now on; those already there stay. Needs `scores:write`. */
export async function saveScoreDefinition(
  ctx: Context,
  input: ScoreDefinitionInput,
): Promise<ScoreDefinition> {
  requireScope(ctx, "scores:write");
  const { name, ...data } = scoreDefinitionInput.parse(input);
  const row = await prisma().scoreDefinition.upsert({
    where: { projectId_name: { projectId: ctx.projectId, name } },
    create: { id: newId(), projectId: ctx.projectId, name, ...data },
    update: data,
  });
  return toDefinition(row);
}

export async function listScoreDefinitions(ctx: Context): Promise<ScoreDefinition[]> {
  requireScope(ctx, "read");
  const rows = await prisma().scoreDefinition.findMany({
    where: { projectId: ctx.projectId },
    orderBy: { name: "asc" },
  });
  return rows.map(toDefinition);
}

/** Throws `not_found`. Needs `scores:write`. */
export async function deleteScoreDefinition(ctx: Context, name: string): Promise<void> {
  requireScope(ctx, "scores:write");
  const { count } = await prisma().scoreDefinition.deleteMany({ where: { projectId: ctx.projectId, name } });
  if (count === 0) throw new AppError("not_found", "There is no such score definition in this project.");
}

type Row = Omit<ScoreDefinition, "type"> & { type: string };

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
  };
}
