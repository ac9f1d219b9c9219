import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import { promptNotFound } from "./find-prompt.ts";
import { findOptionalPromptRow, listVersionRows } from "./queries.ts";
import type { PromptVersionSummary } from "./schema.ts";

/** A prompt's history without contents, the newest first; the cursor is the last number of the page before. */
export async function listVersions(
  ctx: Context,
  input: {
    name: string;
    limit?: number;
    cursor?: string;
    /** Words that must each be in the message, the author's name, a label or the number. */
    search?: string;
  },
): Promise<{ data: PromptVersionSummary[]; nextCursor: string | null }> {
  requireScope(ctx, "prompts:read");
  const { limit = 50, cursor } = input;
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) {
    throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  }
  const prompt = await findOptionalPromptRow(prisma(), ctx, input.name);
  if (!prompt) throw promptNotFound(input.name);
  const before = cursor === undefined ? {} : { number: { lt: Number(cursor) } };
  const words = (input.search ?? "").split(/\s+/).filter((word) => word !== "");
  const where = { promptId: prompt.id, ...before, AND: words.map(toCondition) };
  const rows = await listVersionRows(prisma(), where, limit + 1);
  const data = rows.slice(0, limit);
  return { data, nextCursor: rows.length > limit ? String(data.at(-1)!.number) : null };
}

function toCondition(word: string): Prisma.PromptVersionWhereInput {
  const contains = { contains: word, mode: "insensitive" as const };
  return {
    OR: [
      { message: contains },
      { authorName: contains },
      { labels: { some: { name: contains } } },
      ...(/^\d{1,9}$/.test(word) ? [{ number: Number(word) }] : []),
    ],
  };
}
