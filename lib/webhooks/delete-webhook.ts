import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { requireWebhook } from "./queries.ts";

/** Deletes it with its log. Needs `admin`. */
export async function deleteWebhook(ctx: Context, id: string): Promise<void> {
  requireScope(ctx, "admin");
  await prisma().$transaction(async (tx) => {
    const { url, events } = await requireWebhook(tx, ctx.projectId, id);
    await tx.webhook.delete({ where: { id } });
    await recordAudit(tx, ctx, {
      action: "webhook.deleted",
      subjectType: "webhook",
      subjectId: id,
      subjectName: url,
      before: { url, events },
    });
  });
}
