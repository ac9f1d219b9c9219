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
  const deleted = await eraseTraces(ctx, forget, async () => {});
  if (deleted > 0) await auditDeletion(ctx, forget, deleted);
  return { deleted };
}

/**
 * The same without the audit row: for who deletes in the background. `onBatch` hears of each batch once it is gone;
 * begun again after a crash, it goes on with what is left.
 */
export async function eraseTraces(
  ctx: Context,
  forget: Forget,
  onBatch: (count: number) => Promise<void>,
): Promise<number> {
  requireScope(ctx, "admin");
  let deleted = 0;
  for (;;) {
    const traceIds = await nextTraces(ctx, forget);
    if (traceIds.length === 0) break;
    await sql().begin((tx) => deleteBatch(tx as unknown as Sql, ctx.projectId, traceIds));
    deleted += traceIds.length;
    await onBatch(traceIds.length);
  }
  if ("sessionId" in forget) {
    await sql()`delete from scores where project_id = ${ctx.projectId} and session_id = ${storable(forget.sessionId)}`;
  }
  return deleted;
}

/** One row of the audit log about a deletion that is done. */
export async function auditDeletion(ctx: Context, forget: Forget, deleted: number): Promise<void> {
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

/** What would be deleted, exactly. Needs `read`. */
export async function countTraces(ctx: Context, forget: Forget): Promise<{ traces: number; spans: number }> {
  requireScope(ctx, "read");
  const db = sql();
  const [row] = await db<{ traces: number; spans: number }[]>`
    select count(distinct trace_id) as traces, count(*) as spans from spans
    where project_id = ${ctx.projectId} and trace_id in (
      select trace_id from spans where project_id = ${ctx.projectId} and ${matchOf(db, forget)})`;
  return row!;
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

async function nextTraces(ctx: Context, forget: Forget): Promise<string[]> {
  const db = sql();
  const rows = await db<{ trace_id: string }[]>`
    select distinct trace_id::text from spans
    where project_id = ${ctx.projectId} and ${matchOf(db, forget)} limit ${batchSize}`;
  return rows.map((row) => row.trace_id);
}

function matchOf(db: Sql, forget: Forget) {
  if ("traceIds" in forget) return db`trace_id = any(${forget.traceIds}::uuid[])`;
  if ("sessionId" in forget) return db`session_id = ${storable(forget.sessionId)}`;
  return db`user_id = ${storable(forget.userId)}`;
}

async function deleteBatch(tx: Sql, projectId: string, traceIds: string[]): Promise<void> {
  await markDeleted(tx, projectId, traceIds);
  for (const table of ["spans", "span_payloads", "scores", "pending_logs", "open_spans"]) {
    await tx`delete from ${tx(table)} where project_id = ${projectId} and trace_id = any(${traceIds}::uuid[])`;
  }
}

function storable(text: string): string {
  return text.replaceAll("\0", "");
}
