import { z } from "zod";
import type { Actor, Context } from "#lib/core/context.ts";
import { requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import { enqueue } from "#lib/db/queue.ts";
import { auditDeletion, countTraces, deleteTraces, eraseTraces, type Forget } from "./store/delete-traces.ts";

/** A deletion in the background, and how far it is. */
export type TraceDeletion = {
  id: string;
  /** By what the traces were chosen; whose they were is kept only while it runs. */
  kind: "session" | "user" | "selection";
  total: number;
  deleted: number;
  status: "running" | "done" | "failed";
  error: string | null;
  actorName: string;
  createdAt: string;
  finishedAt: string | null;
};

export type DeletionOutcome = { deleted: number } | { deletion: TraceDeletion };

/** Up to so many are deleted before the answer: a second or two of work. */
export const atOnceLimit = 2000;

export const deletionTask = "traces:delete";
const payloadSchema = z.object({ projectId: z.uuid(), deletionId: z.uuid() });
const maxAttempts = 5;

/**
 * Deletes whole traces: at once, and resolved when nothing of them is left; or where they are many, in the background,
 * to be followed by `findTraceDeletion`. Needs `admin`.
 */
export async function startDeletion(
  ctx: Context,
  forget: Forget,
  limit = atOnceLimit,
): Promise<DeletionOutcome> {
  requireScope(ctx, "admin");
  const { traces: total } = await countTraces(ctx, forget);
  if (total <= limit) return deleteTraces(ctx, forget);
  const { actor, projectId } = ctx;
  const row = await prisma().traceDeletion.create({
    data: {
      id: newId(),
      projectId,
      forget,
      kind: "traceIds" in forget ? "selection" : "sessionId" in forget ? "session" : "user",
      total,
      actorType: actor.type,
      actorId: actor.id,
      actorName: actor.name,
    },
  });
  await enqueue(
    deletionTask,
    { projectId, deletionId: row.id },
    { key: `${deletionTask}:${row.id}`, maxAttempts },
  );
  return { deletion: toDeletion(row) };
}

/** Throws `not_found`. Needs `read`. */
export async function findTraceDeletion(ctx: Context, id: string): Promise<TraceDeletion> {
  requireScope(ctx, "read");
  const row = z.uuid().safeParse(id).success
    ? await prisma().traceDeletion.findFirst({ where: { id, projectId: ctx.projectId } })
    : null;
  if (!row) throw new AppError("not_found", "There is no such deletion in this project.");
  return toDeletion(row);
}

/** Those that run, and those that failed within a day, the newest first. Needs `read`. */
export async function listOpenDeletions(ctx: Context): Promise<TraceDeletion[]> {
  requireScope(ctx, "read");
  const rows = await prisma().traceDeletion.findMany({
    where: {
      projectId: ctx.projectId,
      OR: [{ status: "running" }, { status: "failed", createdAt: { gt: new Date(Date.now() - 86_400_000) } }],
    },
    orderBy: { createdAt: "desc" },
    take: 20,
  });
  return rows.map(toDeletion);
}

/** The queue's task. Interrupted or failed it begins again and goes on with what is left. */
export async function runDeletion(payload: unknown, { job }: DeletionJob): Promise<void> {
  const { projectId, deletionId: id } = payloadSchema.parse(payload);
  const row = await prisma().traceDeletion.findFirst({ where: { id, projectId, status: "running" } });
  if (!row?.forget) return;
  // It was written as one by `startDeletion`, which takes nothing else.
  const forget = row.forget as Forget;
  const ctx: Context = {
    projectId,
    actor: { type: row.actorType, id: row.actorId, name: row.actorName } as Actor,
    scopes: new Set(["admin"]),
  };
  try {
    await eraseTraces(ctx, forget, async (count) => {
      await prisma().traceDeletion.update({ where: { id }, data: { deleted: { increment: count } } });
    });
    const { deleted } = await prisma().traceDeletion.findUniqueOrThrow({ where: { id } });
    await auditDeletion(ctx, forget, deleted);
    await prisma().traceDeletion.update({
      where: { id },
      data: { status: "done", finishedAt: new Date(), forget: Prisma.DbNull },
    });
  } catch (error) {
    if (job.attempts >= job.max_attempts) {
      const message = `It failed ${job.attempts} times: ${error instanceof Error ? error.message : String(error)}`;
      await prisma().traceDeletion.update({
        where: { id },
        data: { status: "failed", finishedAt: new Date(), error: message },
      });
    }
    throw error;
  }
}

type DeletionJob = { job: { attempts: number; max_attempts: number } };

type Row = Omit<TraceDeletion, "kind" | "status" | "createdAt" | "finishedAt"> & {
  kind: string;
  status: string;
  createdAt: Date;
  finishedAt: Date | null;
};

/** Rows were written here, with no other kind and status. */
function toDeletion(row: Row): TraceDeletion {
  return {
    id: row.id,
    kind: row.kind as TraceDeletion["kind"],
    total: row.total,
    deleted: row.deleted,
    status: row.status as TraceDeletion["status"],
    error: row.error,
    actorName: row.actorName,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
