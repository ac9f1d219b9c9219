import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { openStatuses } from "./promotion.ts";
import { recordDecision } from "./record-decision.ts";

/** Cancels a promotion that waits because the test went another way, in the transaction of what it did. */
export async function closePromotions(
  tx: Transaction,
  ctx: Context,
  abTestId: string,
  why: string,
): Promise<void> {
  const { count } = await tx.abPromotion.updateMany({
    where: { projectId: ctx.projectId, abTestId, status: { in: openStatuses } },
    data: {
      status: "canceled",
      decidedById: ctx.actor.id,
      decidedByName: ctx.actor.name,
      decidedAt: now(),
      decisionNote: why,
    },
  });
  if (count > 0) await recordDecision(tx, ctx, { abTestId, kind: "promotion_canceled", note: why });
}
