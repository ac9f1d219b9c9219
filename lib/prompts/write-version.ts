import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { findOptionalVersionRow, toColumn } from "./queries.ts";
import type { PromptContent, PromptVersion } from "./schema.ts";

export type VersionDraft = {
  prompt: { id: string; name: string };
  content: PromptContent;
  digest: string;
  message: string;
  /** The version it was written from; the newest unless given. */
  parentNumber?: number;
};

/** Inserts the next version, with its audit row, inside the caller's transaction, which must hold the prompt's lock. */
export async function writeVersion(
  tx: Transaction,
  ctx: Context,
  draft: VersionDraft,
): Promise<PromptVersion> {
  const { prompt, content, digest, message } = draft;
  const newest = await tx.promptVersion.findFirst({
    where: { promptId: prompt.id },
    orderBy: { number: "desc" },
    select: { id: true, number: true },
  });
  const parentId =
    draft.parentNumber === undefined ? newest?.id : await idOfNumber(tx, prompt, draft.parentNumber);
  const id = newId();
  const number = (newest?.number ?? 0) + 1;
  await tx.promptVersion.create({
    data: {
      id,
      projectId: ctx.projectId,
      promptId: prompt.id,
      number,
      digest,
      content: toColumn(content),
      message,
      authorId: ctx.actor.id,
      authorName: ctx.actor.name,
      parentId: parentId ?? null,
      createdAt: now(),
    },
  });
  const direct = content.includes.filter((pin) => pin.within === null);
  if (direct.length > 0) {
    await tx.promptInclude.createMany({
      data: direct.map(({ reference, promptId, promptVersionId }) => ({
        versionId: id,
        reference,
        projectId: ctx.projectId,
        includedPromptId: promptId,
        includedVersionId: promptVersionId,
      })),
    });
  }
  await tx.prompt.update({ where: { id: prompt.id }, data: { updatedAt: now(), archivedAt: null } });
  await recordAudit(tx, ctx, {
    action: "prompt.version_saved",
    subjectType: "prompt",
    subjectId: prompt.id,
    subjectName: prompt.name,
    before: newest ? { version: newest.number } : undefined,
    after: { version: number, digest },
    reason: message || undefined,
  });
  return (await findOptionalVersionRow(tx, { id }))!;
}

async function idOfNumber(
  tx: Transaction,
  prompt: { id: string; name: string },
  number: number,
): Promise<string> {
  const parent = await tx.promptVersion.findUnique({
    where: { promptId_number: { promptId: prompt.id, number } },
    select: { id: true },
  });
  if (parent) return parent.id;
  const message = `The prompt “${prompt.name}” has no version ${number} to be the parent.`;
  throw new AppError("invalid_input", message, { issues: [{ path: "parentNumber", message }] });
}
