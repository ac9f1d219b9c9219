import type { Context } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { digestOf } from "#lib/prompts/digest.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";

export type SameVersion = { id: string; name: string; number: number };

/**
 * The saved version that has exactly this content: of the prompt named if it has one, else the newest of any prompt.
 * Null if the content was never saved.
 */
export async function findSameVersion(
  ctx: Context,
  content: PromptContent,
  promptName: string | null,
): Promise<SameVersion | null> {
  const rows = await prisma().promptVersion.findMany({
    where: { projectId: ctx.projectId, digest: digestOf(content) },
    select: { id: true, number: true, prompt: { select: { name: true } } },
    orderBy: { id: "desc" },
    take: 50,
  });
  const row = rows.find((each) => each.prompt.name === promptName) ?? rows[0];
  return row ? { id: row.id, name: row.prompt.name, number: row.number } : null;
}
