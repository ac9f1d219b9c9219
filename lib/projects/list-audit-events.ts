import { type Context, requireScope } from "#lib/core/context.ts";
import type { Json } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";

export type AuditRow = {
  id: string;
  at: Date;
  actorType: string;
  actorName: string;
  action: string;
  subjectType: string;
  subjectId: string;
  subjectName: string;
  before: Json;
  after: Json;
  reason: string | null;
};

export type AuditFilter = { subjectType?: string; subjectId?: string; cursor?: string; limit?: number };

/** Newest first; ids are time-ordered, so the last id of a page is its cursor. */
export async function listAuditEvents(
  ctx: Context,
  filter: AuditFilter = {},
): Promise<{ events: AuditRow[]; nextCursor: string | null }> {
  requireScope(ctx, "admin");
  const limit = filter.limit ?? 100;
  const rows = await prisma().auditEvent.findMany({
    where: {
      projectId: ctx.projectId,
      ...(filter.subjectType && { subjectType: filter.subjectType }),
      ...(filter.subjectId && { subjectId: filter.subjectId }),
      ...(filter.cursor && { id: { lt: filter.cursor } }),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
    omit: { projectId: true, actorId: true },
  });
  const events = rows.slice(0, limit).map((row) => ({
    ...row,
    before: row.before as Json,
    after: row.after as Json,
  }));
  return { events, nextCursor: rows.length > limit ? events[events.length - 1]!.id : null };
}
