import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import type { WebhookDelivery as DeliveryRow, Webhook as WebhookRow } from "#lib/db/generated/client.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import type { Delivery, Webhook, WebhookEvent } from "./schema.ts";

/** The project's webhooks, oldest first. Needs `admin`. */
export async function listWebhooks(ctx: Context): Promise<Webhook[]> {
  requireScope(ctx, "admin");
  const rows = await prisma().webhook.findMany({
    where: { projectId: ctx.projectId },
    orderBy: { createdAt: "asc" },
  });
  return rows.map(toWebhook);
}

/** The delivery log, newest first; of one webhook if its id is given. Needs `admin`. */
export async function listDeliveries(
  ctx: Context,
  page: { webhookId?: string; cursor?: string; limit?: number } = {},
): Promise<{ data: Delivery[]; nextCursor: string | null }> {
  requireScope(ctx, "admin");
  const { webhookId, cursor, limit = 50 } = page;
  const rows = await prisma().webhookDelivery.findMany({
    where: {
      projectId: ctx.projectId,
      ...(webhookId && { webhookId: isId(webhookId) ? webhookId : { in: [] } }),
      ...(cursor && { id: { lt: cursor } }),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const data = rows.slice(0, limit).map(toDelivery);
  return { data, nextCursor: rows.length > limit ? data.at(-1)!.id : null };
}

/** Throws `not_found`. */
export async function findDelivery(ctx: Context, id: string): Promise<Delivery> {
  requireScope(ctx, "admin");
  const row = isId(id)
    ? await prisma().webhookDelivery.findFirst({ where: { id, projectId: ctx.projectId } })
    : null;
  if (!row) throw new AppError("not_found", "There is no such delivery in this project.");
  return toDelivery(row);
}

/** The row; `not_found` if the project has none such. */
export async function requireWebhook(tx: Transaction, projectId: string, id: string): Promise<WebhookRow> {
  const row = isId(id) ? await tx.webhook.findFirst({ where: { id, projectId } }) : null;
  if (!row) throw new AppError("not_found", "There is no such webhook in this project.");
  return row;
}

export function toWebhook(row: WebhookRow): Webhook {
  const { id, url, events, isEnabled, disabledReason, createdBy, createdAt } = row;
  return {
    id,
    url,
    events: events as WebhookEvent[],
    isEnabled,
    disabledReason,
    createdBy,
    createdAt: createdAt.toISOString(),
  };
}

function toDelivery({ projectId: _, ...row }: DeliveryRow): Delivery {
  return {
    ...row,
    status: row.status as Delivery["status"],
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
