import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { promptNotFound } from "./find-prompt.ts";
import { findOptionalPromptRow, listVersionRows } from "./queries.ts";
import type { PromptVersionSummary } from "./schema.ts";

/** A prompt's history without contents, the newest first; the cursor is the last number of the page before. */
export async function listVersions(
  ctx: Context,
  input: { name: string; limit?: number; cursor?: string },
): Promise<{ data: PromptVersionSummary[]; nextCursor: string | null }> {
  requireScope(ctx, "prompts:read");
  const { limit = 50, cursor } = input;
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) {
    throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  }
  const prompt = await findOptionalPromptRow(prisma(), ctx, input.name);
  if (!prompt) throw promptNotFound(input.name);
  const before = cursor === undefined ? {} : { number: { lt: Number(cursor) } };
  const rows = await listVersionRows(prisma(), { promptId: prompt.id, ...before }, limit + 1);
  const data = rows.slice(0, limit);
  return { data, nextCursor: rows.length > limit ? String(data.at(-1)!.number) : null };
}
