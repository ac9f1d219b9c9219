import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { fromColumn, toColumn } from "./queries.ts";
import type { PromptContent } from "./schema.ts";

/** One person's unsaved work on one prompt. */
export type PromptDraft = { content: PromptContent; baseNumber: number | null; updatedAt: string };

/**
 * Keeps what a person has written so far; it may be anything that has a content's shape. Says which version is the
 * newest by now, so that who writes learns of another's.
 */
export async function saveDraft(
  ctx: Context,
  input: { promptId: string; content: PromptContent; baseNumber: number | null },
): Promise<{ updatedAt: string; latestNumber: number }> {
  requireScope(ctx, "prompts:write");
  await requirePrompt(ctx, input.promptId);
  const base = await prisma().promptVersion.findFirst({
    where: { promptId: input.promptId, number: input.baseNumber ?? 0 },
    select: { id: true },
  });
  const values = { content: toColumn(input.content), baseVersionId: base?.id ?? null, updatedAt: now() };
  const key = { promptId: input.promptId, userId: ctx.actor.id };
  await prisma().promptDraft.upsert({
    where: { promptId_userId: key },
    create: { ...key, projectId: ctx.projectId, ...values },
    update: values,
  });
  const newest = await prisma().promptVersion.aggregate({
    where: { promptId: input.promptId },
    _max: { number: true },
  });
  return { updatedAt: values.updatedAt.toISOString(), latestNumber: newest._max.number ?? 0 };
}

/** The caller's own draft of a prompt; null if there is none. */
export async function findOptionalDraft(ctx: Context, promptId: string): Promise<PromptDraft | null> {
  requireScope(ctx, "prompts:read");
  if (!isId(promptId)) return null;
  const row = await prisma().promptDraft.findFirst({
    where: { promptId, userId: ctx.actor.id, projectId: ctx.projectId },
  });
  if (!row) return null;
  const base = row.baseVersionId
    ? await prisma().promptVersion.findUnique({ where: { id: row.baseVersionId }, select: { number: true } })
    : null;
  return {
    content: fromColumn(row.content),
    baseNumber: base?.number ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** Forgets the caller's draft; nothing happens if there is none. */
export async function deleteDraft(ctx: Context, promptId: string): Promise<void> {
  requireScope(ctx, "prompts:write");
  await requirePrompt(ctx, promptId);
  await prisma().promptDraft.deleteMany({
    where: { promptId, userId: ctx.actor.id, projectId: ctx.projectId },
  });
}

async function requirePrompt(ctx: Context, id: string): Promise<void> {
  const found =
    isId(id) &&
    (await prisma().prompt.findFirst({ where: { id, projectId: ctx.projectId }, select: { id: true } }));
  if (!found) throw new AppError("not_found", "There is no such prompt in this project.");
}
