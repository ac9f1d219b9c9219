import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import type { Transaction } from "#lib/db/prisma.ts";

export type AuditEntry = {
  /** `prompt.version_saved`, `label.moved`, `api_key.revoked`, … */
  action: string;
  subjectType: string;
  subjectId: string;
  subjectName: string;
  before?: unknown;
  after?: unknown;
  reason?: string;
};

/** Writes one row of the audit log in the transaction of the change it tells of: both are stored, or neither. */
export async function recordAudit(tx: Transaction, ctx: Context, entry: AuditEntry): Promise<void> {
  await tx.auditEvent.create({
    data: {
      id: newId(),
      projectId: ctx.projectId,
      at: now(),
      actorType: ctx.actor.type,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      action: entry.action,
      subjectType: entry.subjectType,
      subjectId: entry.subjectId,
      subjectName: entry.subjectName,
      before: toColumn(entry.before),
      after: toColumn(entry.after),
      reason: entry.reason ?? null,
    },
  });
}

function toColumn(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === undefined || value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);
}
