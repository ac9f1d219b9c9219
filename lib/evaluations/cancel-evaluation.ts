import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findEvaluation } from "./queries.ts";
import type { Evaluation } from "./schema.ts";

/**
 * Stops an evaluation; the worker drops the calls in flight within a second, and what has been answered stays.
 * Needs `evaluations:write`. Throws `not_found`, `conflict` if it has ended.
 */
export async function cancelEvaluation(ctx: Context, id: string): Promise<Evaluation> {
  requireScope(ctx, "evaluations:write");
  const before = await findEvaluation(ctx, id);
  const { count } = await prisma().evaluation.updateMany({
    where: { id, projectId: ctx.projectId, status: { in: ["queued", "running"] } },
    data: { status: "canceled", finishedAt: now() },
  });
  if (count === 0) throw new AppError("conflict", `The evaluation "${before.name}" has ended already.`);
  return findEvaluation(ctx, id);
}
