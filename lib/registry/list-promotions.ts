import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Promotion } from "./schema.ts";

export type PromotionFilter = {
  subject?: Promotion["subject"];
  /** Id of the prompt, model or deployment. */
  subjectId?: string;
  /** A label or a stage. */
  target?: string;
  limit?: number;
  /** The id of the last promotion of the page before. */
  cursor?: string;
};

/** Who moved which label or stage, when, why and on what evidence; the newest first. */
export async function listPromotions(
  ctx: Context,
  filter: PromotionFilter = {},
): Promise<{ data: Promotion[]; nextCursor: string | null }> {
  requireScope(ctx, "prompts:read");
  const { subject, subjectId, target, limit = 50, cursor } = filter;
  if (cursor !== undefined && !isId(cursor)) {
    throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  }
  if (subjectId !== undefined && !isId(subjectId)) return { data: [], nextCursor: null };
  const rows = await prisma().promotion.findMany({
    // Ids are made in time's order (UUID version 7), so they are the cursor too.
    where: { projectId: ctx.projectId, subject, subjectId, target, ...(cursor && { id: { lt: cursor } }) },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const [numbers, names] = await Promise.all([numbersOf(shown), namesOf(shown)]);
  const data = shown.map(
    (row): Promotion => ({
      ...row,
      at: row.at.toISOString(),
      subject: row.subject as Promotion["subject"],
      subjectName: names.get(row.subjectId) ?? "",
      fromNumber: numbers.get(row.fromVersionId ?? "") ?? null,
      toNumber: numbers.get(row.toVersionId ?? "") ?? null,
      evidence: row.evidence as Json,
    }),
  );
  return { data: data.map(withoutProject), nextCursor: rows.length > limit ? data.at(-1)!.id : null };
}

type Row = Prisma.PromotionModel;

function withoutProject(row: Promotion): Promotion {
  const { projectId: _, ...rest } = row as Promotion & { projectId?: string };
  return rest;
}

async function numbersOf(rows: Row[]): Promise<Map<string, number>> {
  const ids = rows.flatMap((row) => [row.fromVersionId, row.toVersionId]).filter((id) => id !== null);
  const where = { id: { in: [...new Set(ids)] } };
  const select = { id: true, number: true };
  const [prompts, models] = await Promise.all([
    prisma().promptVersion.findMany({ where, select }),
    prisma().modelVersion.findMany({ where, select }),
  ]);
  return new Map([...prompts, ...models].map((each) => [each.id, each.number]));
}

async function namesOf(rows: Row[]): Promise<Map<string, string>> {
  const where = { id: { in: [...new Set(rows.map((row) => row.subjectId))] } };
  const select = { id: true, name: true };
  const [prompts, models, deployments] = await Promise.all([
    prisma().prompt.findMany({ where, select }),
    prisma().model.findMany({ where, select }),
    prisma().deployment.findMany({ where, select }),
  ]);
  return new Map([...prompts, ...models, ...deployments].map((each) => [each.id, each.name]));
}
