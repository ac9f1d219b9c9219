import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { env } from "#lib/env.ts";
import { sealSecret } from "#lib/models/secret-box.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { toWebhook } from "./queries.ts";
import { refusalOfHost } from "./safe-address.ts";
import { type CreateWebhookInput, createWebhookInput, type Webhook } from "./schema.ts";
import { newSigningSecret } from "./sign.ts";

/** More would make one event slow to publish, and nobody reads that many. */
const limit = 20;

/**
 * A new webhook and its signing secret, which is shown this once. Needs `admin`: it sends the project's numbers
 * elsewhere. Throws `invalid_input` for an address that is refused; names are checked at every delivery.
 */
export async function createWebhook(
  ctx: Context,
  input: CreateWebhookInput,
): Promise<{ webhook: Webhook; secret: string }> {
  requireScope(ctx, "admin");
  const { url, events } = createWebhookInput.parse(input);
  requireCallable(url);
  const id = newId();
  const secret = newSigningSecret();
  const row = await prisma().$transaction(async (tx) => {
    if ((await tx.webhook.count({ where: { projectId: ctx.projectId } })) >= limit)
      throw new AppError("conflict", `A project has at most ${limit} webhooks. Delete one first.`);
    const row = await tx.webhook.create({
      data: {
        id,
        projectId: ctx.projectId,
        url,
        events: [...new Set(events)],
        sealedSecret: sealSecret(secret, id),
        createdBy: ctx.actor.name,
        createdAt: now(),
      },
    });
    await recordAudit(tx, ctx, {
      action: "webhook.created",
      subjectType: "webhook",
      subjectId: id,
      subjectName: url,
      after: { url, events },
    });
    return row;
  });
  return { webhook: toWebhook(row), secret };
}

/** Throws `invalid_input` if the address is one that no webhook is sent to. */
export function requireCallable(url: string): void {
  const { hostname } = new URL(url);
  const refusal = refusalOfHost(hostname, env().allowsInternalWebhooks);
  if (!refusal) return;
  const message = `${hostname} ${refusal}.`;
  throw new AppError("invalid_input", message, { issues: [{ path: "url", message }] });
}
