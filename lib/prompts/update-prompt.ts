import { z } from "zod";
import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isUniqueViolation, prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { findPrompt, promptNotFound } from "./find-prompt.ts";
import { findOptionalPromptRow } from "./queries.ts";
import { type Prompt, promptName, tagName } from "./schema.ts";
import { forgetPrompt } from "./serve-cached.ts";

export const updatePromptInput = z.strictObject({
  /** A new name; the old one keeps leading to the prompt. */
  name: promptName.optional(),
  description: z.string().max(2000).optional(),
  tags: z.array(tagName).max(20).optional(),
  /** An archived prompt leaves the lists; its versions can still be fetched. */
  isArchived: z.boolean().optional(),
});
export type UpdatePromptInput = z.infer<typeof updatePromptInput>;

/** Changes what belongs to the prompt as a whole: name (with a redirect from the old one), description, tags, archive. */
export async function updatePrompt(ctx: Context, name: string, changes: UpdatePromptInput): Promise<Prompt> {
  requireScope(ctx, "prompts:write");
  const newName = changes.name;
  try {
    await prisma().$transaction(async (tx) => {
      const found = await findOptionalPromptRow(tx, ctx, name);
      if (!found) throw promptNotFound(name);
      const before = await tx.prompt.findUniqueOrThrow({ where: { id: found.id } });
      const isRenamed = newName !== undefined && newName !== before.name;
      if (isRenamed) {
        // A redirect away from the new name would never be followed again: the prompt itself has it now.
        await tx.promptRedirect.deleteMany({ where: { projectId: ctx.projectId, name: newName } });
        const redirect = { projectId: ctx.projectId, name: before.name };
        await tx.promptRedirect.upsert({
          where: { projectId_name: redirect },
          create: { ...redirect, promptId: before.id },
          update: { promptId: before.id },
        });
      }
      const after = await tx.prompt.update({
        where: { id: before.id },
        data: {
          name: newName,
          description: changes.description,
          tags: changes.tags && [...new Set(changes.tags)],
          archivedAt:
            changes.isArchived === undefined
              ? undefined
              : changes.isArchived
                ? (before.archivedAt ?? now())
                : null,
          updatedAt: now(),
        },
      });
      const shown = ({ name, description, tags, archivedAt }: typeof after) => ({
        name,
        description,
        tags,
        isArchived: archivedAt !== null,
      });
      await recordAudit(tx, ctx, {
        action: actionOf(changes, isRenamed),
        subjectType: "prompt",
        subjectId: before.id,
        subjectName: after.name,
        before: shown(before),
        after: shown(after),
      });
    });
  } catch (error) {
    if (newName && isUniqueViolation(error))
      throw new AppError("conflict", `There is already a prompt “${newName}”.`);
    throw error;
  }
  const updated = await findPrompt(ctx, newName ?? name);
  forgetPrompt(ctx.projectId, updated.id);
  return updated;
}

function actionOf(changes: UpdatePromptInput, isRenamed: boolean): string {
  if (isRenamed) return "prompt.renamed";
  if (changes.isArchived === true) return "prompt.archived";
  if (changes.isArchived === false) return "prompt.restored";
  return "prompt.updated";
}
