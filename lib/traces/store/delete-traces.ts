import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { markDeleted } from "./mark-pending.ts";

/** What is to be forgotten: these traces, or every trace that a session's or a user's spans are in. */
export type Forget = { traceIds: string[] } | { sessionId: string } | { userId: string };

const batchSize = 1000;

/**
 * Deletes whole traces with their payloads, scores and waiting log records, and a session's own scores. When it
 * resolves nothing of them is left. Recorded in the audit log by how many, not by what they held. Needs `admin`:
 * an application's own key can write traces, and must not be able to erase them.
 */
export async function deleteTraces(ctx: Context, forget: Forget): Promise<{ deleted: number }> {
  requireScope(ctx, "admin");
  let deleted = 0;
  for (;;) {
    const traceIds = await nextTraces(ctx, forget, deleted);
    if (traceIds.length === 0) break;
    await sql().begin((tx) => deleteBatch(tx as unknown as Sql, ctx.projectId, traceIds));
    deleted += traceIds.length;
  }
  if ("sessionId" in forget) {
    await sql()`delete from scores where project_id = ${ctx.projectId} and session_id = ${storable(forget.sessionId)}`;
  }
  if (deleted > 0) {
    await prisma().$transaction((tx) =>
      recordAudit(tx, ctx, {
        action: "traces.deleted",
        subjectType: "trace",
        subjectId: "traceIds" in forget && forget.traceIds.length === 1 ? forget.traceIds[0]! : ctx.projectId,
        subjectName: "traceIds" in forget ? "by trace" : "sessionId" in forget ? "by session" : "by user",
        after: { deleted },
      }),
    );
  }
  return { deleted };
}

/** Deletes one trace. Throws `not_found`. */
export async function deleteTrace(ctx: Context, traceId: string): Promise<void> {
  requireScope(ctx, "admin");
  const isTraceId = /^[0-9a-f]{32}$/i.test(traceId);
  const { deleted } = isTraceId
    ? await deleteTraces(ctx, { traceIds: [traceId.toLowerCase()] })
    : { deleted: 0 };
  if (deleted === 0) throw new AppError("not_found", "There is no such trace in this project.");
}

async function nextTraces(ctx: Context, forget: Forget, done: number): Promise<string[]> {
  const db = sql();
  if ("traceIds" in forget) {
    if (done > 0) return [];
    const rows = await db<{ trace_id: string }[]>`
      select distinct trace_id::text from spans
      where project_id = ${ctx.projectId} and trace_id = any(${forget.traceIds}::uuid[])`;
    return rows.map((row) => row.trace_id);
  }
  const match =
    "sessionId" in forget
      ? db`session_id = ${storable(forget.sessionId)}`
      : db`user_id = ${storable(forget.userId)}`;
  const rows = await db<{ trace_id: string }[]>`
    select distinct trace_id::text from spans where project_id = ${ctx.projectId} and ${match} limit ${batchSize}`;
  return rows.map((row) => row.trace_id);
}

async function deleteBatch(tx: Sql, projectId: string, traceIds: string[]): Promise<void> {
  await markDeleted(tx, projectId, traceIds);
  for (const table of ["spans", "span_payloads", "scores", "pending_logs"]) {
    await tx`delete from ${tx(table)} where project_id = ${projectId} and trace_id = any(${traceIds}::uuid[])`;
  }
}

function storable(text: string): string {
  return text.replaceAll("\0", "");
}
