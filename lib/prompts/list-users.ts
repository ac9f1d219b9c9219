import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { promptNotFound } from "./find-prompt.ts";
import { findOptionalPromptRow, listUserRows, type PromptUser } from "./queries.ts";

/**
 * Where a prompt is included: for each prompt that includes it, the versions that matter, which are its newest and
 * those with a label, and the version that each of them pins.
 */
export async function listUsers(ctx: Context, name: string): Promise<PromptUser[]> {
  requireScope(ctx, "prompts:read");
  const prompt = await findOptionalPromptRow(prisma(), ctx, name);
  if (!prompt) throw promptNotFound(name);
  return await listUserRows(ctx, prompt.id);
}
