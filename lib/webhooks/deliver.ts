import { now } from "#lib/core/clock.ts";
import { systemContext } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { openSecret } from "#lib/models/secret-box.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { enqueueDelivery } from "./enqueue-delivery.ts";
import { type PostOutcome, postSigned } from "./post-signed.ts";
import { testEvent } from "./schema.ts";
import { signedHeaders } from "./sign.ts";

/** Seconds until the next attempt, after the first, second, … failure: eight attempts within about eleven hours. */
export const retryAfterS = [10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600] as const;

/** Failed attempts in a row, over all its deliveries, after which a webhook switches itself off. */
export const failureLimit = 24;

/**
 * One attempt to send a delivery. Any 2xx is success; 410 Gone switches the webhook off at once, as the Standard
 * Webhooks specification asks; everything else is tried again later. What has ended already is left alone, so a job
 * that runs twice sends at most once more.
 */
export async function deliver(deliveryId: string): Promise<void> {
  const row = await prisma().webhookDelivery.findUnique({
    where: { id: deliveryId },
    include: { webhook: true },
  });
  if (row?.status !== "pending") return;
  const { webhook } = row;
  if (!webhook.isEnabled && row.event !== testEvent) {
    await end(row.id, { status: "failed", error: "The webhook is switched off." });
    return;
  }
  const outcome = await attempt(row.id, row.body, webhook);
  const isDelivered = outcome.kind === "answered" && outcome.status >= 200 && outcome.status < 300;
  const error = isDelivered ? null : outcome.kind === "failed" ? outcome.error : answeredText(outcome.status);
  const responseStatus = outcome.kind === "answered" ? outcome.status : null;
  const attempts = row.attempts + 1;
  const waitS = retryAfterS[attempts - 1];
  // A test is for someone who waits and looks: it is tried once.
  const isLast = isDelivered || waitS === undefined || row.event === testEvent || responseStatus === 410;
  await prisma().$transaction(async (tx) => {
    const at = now();
    const nextAttemptAt = isLast ? null : new Date(at.getTime() + 1000 * waitS);
    await tx.webhookDelivery.update({
      where: { id: row.id },
      data: {
        status: isDelivered ? "delivered" : isLast ? "failed" : "pending",
        attempts,
        responseStatus,
        error,
        durationMs: outcome.durationMs,
        nextAttemptAt,
        endedAt: isLast ? at : null,
      },
    });
    if (nextAttemptAt) await enqueueDelivery(tx, row.id, nextAttemptAt);
    if (row.event === testEvent && !isDelivered) return;
    const { failuresInARow } = await tx.webhook.update({
      where: { id: webhook.id },
      data: { failuresInARow: isDelivered ? 0 : { increment: 1 } },
    });
    if (isDelivered || !webhook.isEnabled) return;
    if (responseStatus !== 410 && failuresInARow < failureLimit) return;
    const disabledReason =
      responseStatus === 410
        ? "The receiver answered 410 Gone."
        : `${failuresInARow} attempts in a row failed; the last: ${error}`;
    await tx.webhook.update({ where: { id: webhook.id }, data: { isEnabled: false, disabledReason } });
    await recordAudit(tx, systemContext(row.projectId, "Stemma"), {
      action: "webhook.disabled",
      subjectType: "webhook",
      subjectId: webhook.id,
      subjectName: webhook.url,
      before: { isEnabled: true },
      after: { isEnabled: false },
      reason: disabledReason,
    });
  });
}

async function attempt(
  id: string,
  body: string,
  webhook: { id: string; url: string; sealedSecret: string },
): Promise<PostOutcome> {
  let secret: string;
  try {
    secret = openSecret(webhook.sealedSecret, webhook.id);
  } catch {
    const error = "The signing secret cannot be opened: STEMMA_SECRET has changed. Make the webhook anew.";
    return { kind: "failed", error, durationMs: 0 };
  }
  return postSigned(webhook.url, signedHeaders({ secret, id, at: now(), body }), body);
}

async function end(id: string, fields: { status: "failed"; error: string }): Promise<void> {
  await prisma().webhookDelivery.update({
    where: { id },
    data: { ...fields, nextAttemptAt: null, endedAt: now() },
  });
}

function answeredText(status: number): string {
  return status >= 300 && status < 400
    ? `It answered ${status}: redirects are not followed, give the final address.`
    : `It answered ${status} instead of a 2xx.`;
}
