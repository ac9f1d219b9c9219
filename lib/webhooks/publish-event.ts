import { now } from "#lib/core/clock.ts";
import { newId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { enqueueDelivery } from "./enqueue-delivery.ts";
import type { WebhookEvent } from "./schema.ts";

/**
 * Tells every webhook of the project that asked for this event, in the transaction of what happened: either both are
 * stored or neither. Sending is the worker's.
 */
export async function publishEvent(
  tx: Transaction,
  event: { projectId: string; type: WebhookEvent; data: JsonObject },
): Promise<void> {
  const { projectId, type, data } = event;
  const webhooks = await tx.webhook.findMany({
    where: { projectId, isEnabled: true, events: { has: type } },
    select: { id: true },
  });
  for (const { id } of webhooks) await addDelivery(tx, { projectId, webhookId: id, type, data });
}

/** One delivery to one webhook; its id is the message's, by which a receiver tells a repetition. */
export async function addDelivery(
  tx: Transaction,
  message: { projectId: string; webhookId: string; type: string; data: JsonObject },
): Promise<string> {
  const { projectId, webhookId, type, data } = message;
  const id = newId();
  const at = now();
  await tx.webhookDelivery.create({
    data: {
      id,
      projectId,
      webhookId,
      event: type,
      body: JSON.stringify({ type, timestamp: at.toISOString(), data }),
      createdAt: at,
      nextAttemptAt: at,
    },
  });
  await enqueueDelivery(tx, id, at);
  return id;
}
