import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { promptNotFound } from "./find-prompt.ts";
import { findVersion } from "./find-version.ts";
import { patient } from "./patient.ts";
import { findOptionalPromptRow, findOptionalVersionRow, lockPrompt } from "./queries.ts";
import type { PromptVersion } from "./schema.ts";
import { forgetPrompt } from "./serve-cached.ts";
import { writeVersion } from "./write-version.ts";

/**
 * Makes an old version's content the newest version: a new number whose parent is the old version. History is
 * never rewritten. If the newest version already has that content, nothing is made.
 */
export async function revertVersion(
  ctx: Context,
  input: { name: string; toNumber: number; message?: string },
): Promise<{ version: PromptVersion; isNew: boolean }> {
  requireScope(ctx, "prompts:write");
  const { content, digest, number } = await findVersion(ctx, { name: input.name, version: input.toNumber });
  const reverted = await prisma().$transaction(async (tx) => {
    const prompt = await findOptionalPromptRow(tx, ctx, input.name);
    if (!prompt) throw promptNotFound(input.name);
    await lockPrompt(tx, prompt.id);
    const newest = await findOptionalVersionRow(tx, { promptId: prompt.id });
    if (newest?.digest === digest) return { version: newest, isNew: false };
    const message = input.message || `Reverts to version ${number}`;
    const version = await writeVersion(tx, ctx, { prompt, content, digest, message, parentNumber: number });
    return { version, isNew: true };
  }, patient);
  forgetPrompt(ctx.projectId, reverted.version.promptId);
  return reverted;
}
