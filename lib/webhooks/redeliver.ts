import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { enqueueDelivery } from "./enqueue-delivery.ts";
import { findDelivery, requireWebhook } from "./queries.ts";
import type { Delivery } from "./schema.ts";

/** Sends a delivery that failed once more, as the same message. Needs `admin`. */
export async function redeliver(ctx: Context, deliveryId: string): Promise<Delivery> {
  requireScope(ctx, "admin");
  const { status, webhookId } = await findDelivery(ctx, deliveryId);
  if (status === "delivered") throw new AppError("conflict", "This was delivered already.");
  await prisma().$transaction(async (tx) => {
    const { isEnabled } = await requireWebhook(tx, ctx.projectId, webhookId);
    if (!isEnabled) throw new AppError("conflict", "The webhook is switched off. Switch it on first.");
    const at = now();
    await tx.webhookDelivery.update({
      where: { id: deliveryId },
      data: { status: "pending", attempts: 0, nextAttemptAt: at, endedAt: null },
    });
    await enqueueDelivery(tx, deliveryId, at);
  });
  return findDelivery(ctx, deliveryId);
}
