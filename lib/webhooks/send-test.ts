import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { deliver } from "./deliver.ts";
import { addDelivery } from "./publish-event.ts";
import { findDelivery, requireWebhook } from "./queries.ts";
import { type Delivery, testEvent } from "./schema.ts";

/** Sends a test message now, also to one that is switched off, and says how it went. Needs `admin`. */
export async function sendTest(ctx: Context, webhookId: string): Promise<Delivery> {
  requireScope(ctx, "admin");
  const id = await prisma().$transaction(async (tx) => {
    await requireWebhook(tx, ctx.projectId, webhookId);
    return addDelivery(tx, {
      projectId: ctx.projectId,
      webhookId,
      type: testEvent,
      data: { message: "This is a test. Stemma will tell you of A/B tests here.", sentBy: ctx.actor.name },
    });
  });
  await deliver(id);
  return findDelivery(ctx, id);
}
