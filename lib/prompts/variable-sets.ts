import { z } from "zod";
import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { promptNotFound } from "./find-prompt.ts";
import { findOptionalPromptRow } from "./queries.ts";
import { promptName, variableValues } from "./schema.ts";

/** Values that a prompt is looked at with, kept by name for everyone in the project. */
export type VariableSet = { name: string; values: JsonObject; authorName: string; updatedAt: string };

const setName = z.string().trim().min(1, "Give the set a name.").max(100);
export const saveVariableSetInput = z.strictObject({ promptName, name: setName, values: variableValues });
export const deleteVariableSetInput = z.strictObject({ promptName, name: setName });

const longestValues = 200_000;
const mostSets = 200;

/** A prompt's sets, by name. */
export async function listVariableSets(ctx: Context, name: string): Promise<VariableSet[]> {
  requireScope(ctx, "prompts:read");
  const prompt = await requirePromptRow(ctx, name);
  const rows = await prisma().promptVariableSet.findMany({
    where: { promptId: prompt.id },
    orderBy: { name: "asc" },
  });
  return rows.map(({ name, values, authorName, updatedAt }) => ({
    name,
    values: values as JsonObject,
    authorName,
    updatedAt: updatedAt.toISOString(),
  }));
}

/** Keeps values under a name, instead of what was kept under it before. */
export async function saveVariableSet(
  ctx: Context,
  input: z.infer<typeof saveVariableSetInput>,
): Promise<VariableSet[]> {
  requireScope(ctx, "prompts:write");
  const prompt = await requirePromptRow(ctx, input.promptName);
  const { name, values } = input;
  if (JSON.stringify(values).length > longestValues) {
    throw new AppError("too_large", "The values have more than 200,000 characters together.");
  }
  const key = { promptId: prompt.id, name };
  await prisma().$transaction(async (tx) => {
    const kept = { values: values as Prisma.InputJsonValue, authorName: ctx.actor.name, updatedAt: now() };
    await tx.promptVariableSet.upsert({
      where: { promptId_name: key },
      create: { ...key, projectId: ctx.projectId, ...kept },
      update: kept,
    });
    if ((await tx.promptVariableSet.count({ where: { promptId: prompt.id } })) > mostSets) {
      throw new AppError("conflict", `A prompt keeps at most ${mostSets} sets. Delete one first.`);
    }
    await recordAudit(tx, ctx, entryOf("prompt.variable_set_saved", prompt, name));
  });
  return await listVariableSets(ctx, prompt.name);
}

/** Forgets a set; 404 if there is none of that name. */
export async function deleteVariableSet(
  ctx: Context,
  input: z.infer<typeof deleteVariableSetInput>,
): Promise<VariableSet[]> {
  requireScope(ctx, "prompts:write");
  const prompt = await requirePromptRow(ctx, input.promptName);
  await prisma().$transaction(async (tx) => {
    const where = { promptId: prompt.id, name: input.name };
    const { count } = await tx.promptVariableSet.deleteMany({ where });
    if (count === 0) throw new AppError("not_found", `There is no set “${input.name}”.`);
    await recordAudit(tx, ctx, entryOf("prompt.variable_set_deleted", prompt, input.name));
  });
  return await listVariableSets(ctx, prompt.name);
}

async function requirePromptRow(ctx: Context, name: string): Promise<{ id: string; name: string }> {
  const prompt = await findOptionalPromptRow(prisma(), ctx, name);
  if (!prompt) throw promptNotFound(name);
  return prompt;
}

function entryOf(action: string, prompt: { id: string; name: string }, set: string) {
  return {
    action,
    subjectType: "prompt",
    subjectId: prompt.id,
    subjectName: prompt.name,
    after: { variableSet: set },
  };
}
