import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { requireCallable } from "./create-webhook.ts";
import { requireWebhook, toWebhook } from "./queries.ts";
import { type ChangeWebhookInput, changeWebhookInput, type Webhook } from "./schema.ts";

/** Changes address or events, or switches it on (its failures are forgotten then) or off. Needs `admin`. */
export async function changeWebhook(ctx: Context, id: string, input: ChangeWebhookInput): Promise<Webhook> {
  requireScope(ctx, "admin");
  const fields = changeWebhookInput.parse(input);
  if (fields.url) requireCallable(fields.url);
  return prisma().$transaction(async (tx) => {
    const before = await requireWebhook(tx, ctx.projectId, id);
    const row = await tx.webhook.update({
      where: { id },
      data: { ...fields, ...(fields.isEnabled && { disabledReason: null, failuresInARow: 0 }) },
    });
    await recordAudit(tx, ctx, {
      action: "webhook.changed",
      subjectType: "webhook",
      subjectId: id,
      subjectName: row.url,
      before: { url: before.url, events: before.events, isEnabled: before.isEnabled },
      after: { url: row.url, events: row.events, isEnabled: row.isEnabled },
    });
    return toWebhook(row);
  });
}
