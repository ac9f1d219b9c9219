import type { Transaction } from "#lib/db/prisma.ts";
import { enqueueWithin } from "#lib/db/queue.ts";

export const deliverTask = "webhooks:deliver";

/** Puts the next attempt of a delivery on the queue, in the caller's transaction. */
export async function enqueueDelivery(tx: Transaction, deliveryId: string, at: Date): Promise<void> {
  await enqueueWithin(tx, deliverTask, { deliveryId }, { key: `${deliverTask}:${deliveryId}`, runAt: at });
}
