import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { promptNotFound } from "#lib/prompts/find-prompt.ts";
import { findOptionalPromptRow } from "#lib/prompts/queries.ts";
import { type LabelMoved, moveLabel } from "./move-label.ts";

/**
 * Moves a label back to where it pointed before its last move. Rolling back twice returns to where it was: a
 * roll-back is a move like any other, and history only grows.
 */
export async function rollbackLabel(
  ctx: Context,
  input: { promptName: string; label: string; reason?: string },
): Promise<LabelMoved> {
  requireScope(ctx, "prompts:write");
  const prompt = await findOptionalPromptRow(prisma(), ctx, input.promptName);
  if (!prompt) throw promptNotFound(input.promptName);
  const last = await prisma().promotion.findFirst({
    where: { projectId: ctx.projectId, subject: "prompt_label", subjectId: prompt.id, target: input.label },
    orderBy: [{ at: "desc" }, { id: "desc" }],
  });
  const [from, to] = await Promise.all([numberOf(last?.fromVersionId), numberOf(last?.toVersionId)]);
  if (from === null) {
    throw new AppError("conflict", `The label “${input.label}” has no earlier version to go back to.`);
  }
  return await moveLabel(ctx, {
    promptName: prompt.name,
    label: input.label,
    toVersion: from,
    reason: input.reason || `Rolls back to version ${from}`,
    expectedFrom: to,
  });
}

async function numberOf(versionId: string | null | undefined): Promise<number | null> {
  if (!versionId) return null;
  const row = await prisma().promptVersion.findUnique({ where: { id: versionId }, select: { number: true } });
  return row?.number ?? null;
}
