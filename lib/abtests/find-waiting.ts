import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { type AbPromotion, openStatuses, toAbPromotion } from "./promotion.ts";

/** A promotion of this test that waits. `not_found` for an unknown one, `conflict` for one that was decided. */
export async function findWaiting(
  db: Transaction,
  ctx: Context,
  { key, promotionId }: { key: string; promotionId: string },
): Promise<AbPromotion & { abTestId: string }> {
  requireScope(ctx, "abtests:write");
  const test = await db.abTest.findUnique({
    where: { projectId_key: { projectId: ctx.projectId, key } },
    select: { id: true },
  });
  const row =
    test &&
    (await db.abPromotion.findFirst({
      where: { id: promotionId, projectId: ctx.projectId, abTestId: test.id },
    }));
  if (!row) throw new AppError("not_found", "There is no such promotion of this test.");
  const promotion = toAbPromotion(row);
  if (!openStatuses.includes(promotion.status))
    throw new AppError(
      "conflict",
      `This promotion does not wait any more: it is ${promotion.status.replace("_", " ")}${promotion.decidedBy ? ` (by ${promotion.decidedBy})` : ""}.`,
    );
  return { ...promotion, abTestId: row.abTestId };
}
