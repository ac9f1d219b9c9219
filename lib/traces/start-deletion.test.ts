import { beforeAll, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import {
  findTraceDeletion,
  listOpenDeletions,
  runDeletion,
  startDeletion,
  type TraceDeletion,
} from "./start-deletion.ts";
import { countTraces } from "./store/delete-traces.ts";

useDatabase();

let ctx: Context;
beforeAll(async () => {
  ctx = (await makeProject()).ctx;
});

const job = { job: { attempts: 1, max_attempts: 5 } };

/** Traces of two spans, of which only the first names the user. */
async function addTraces(userId: string, count: number): Promise<string[]> {
  const traceIds = Array.from({ length: count }, newTraceId);
  const rows = traceIds.flatMap((traceId) =>
    [userId, null].map((user) => ({
      project_id: ctx.projectId,
      trace_id: traceId,
      span_id: Buffer.from(newSpanId(), "hex"),
      start_time: new Date(),
      mapping_version: 1,
      is_model_call: false,
      name: "s",
      kind: "internal",
      operation: "other",
      status: "ok",
      usage_source: "missing",
      cost_source: "missing",
      dialect: "otel",
      user_id: user,
    })),
  );
  for (let at = 0; at < rows.length; at += 1000)
    await sql()`insert into spans ${sql()(rows.slice(at, at + 1000))}`;
  return traceIds;
}

async function startLarge(
  forget: Parameters<typeof startDeletion>[1],
  limit: number,
): Promise<TraceDeletion> {
  const outcome = await startDeletion(ctx, forget, limit);
  if (!("deletion" in outcome)) throw new Error("It was deleted at once.");
  return outcome.deletion;
}

test("few traces are deleted before the answer; what will go is counted exactly", async () => {
  await addTraces("few", 3);
  await addTraces("bystander", 2);
  expect(await countTraces(ctx, { userId: "few" })).toEqual({ traces: 3, spans: 6 });
  expect(await startDeletion(ctx, { userId: "few" })).toEqual({ deleted: 3 });
  expect(await countTraces(ctx, { userId: "few" })).toEqual({ traces: 0, spans: 0 });
  expect((await countTraces(ctx, { userId: "bystander" })).traces).toBe(2);
});

test("many are deleted in the background, with progress, one audit row, and no name left of who asked", async () => {
  await addTraces("many", 2300);
  const deletion = await startLarge({ userId: "many" }, 100);
  expect(deletion).toMatchObject({ kind: "user", total: 2300, deleted: 0, status: "running" });
  expect((await listOpenDeletions(ctx)).map((each) => each.id)).toEqual([deletion.id]);
  await runDeletion({ projectId: ctx.projectId, deletionId: deletion.id }, job);
  expect(await findTraceDeletion(ctx, deletion.id)).toMatchObject({ deleted: 2300, status: "done" });
  expect(await listOpenDeletions(ctx)).toEqual([]);
  const row = await prisma().traceDeletion.findUniqueOrThrow({ where: { id: deletion.id } });
  expect(JSON.stringify(row)).not.toContain("many");
  const audited = await prisma().auditEvent.findMany({
    where: { projectId: ctx.projectId, action: "traces.deleted", actorId: ctx.actor.id },
    orderBy: { at: "desc" },
  });
  expect(audited[0]).toMatchObject({ subjectName: "by user", after: { deleted: 2300 } });
  await runDeletion({ projectId: ctx.projectId, deletionId: deletion.id }, job);
  expect(
    await prisma().auditEvent.count({ where: { projectId: ctx.projectId, action: "traces.deleted" } }),
  ).toBe(audited.length);
});

test("a chosen few hundred are counted and deleted, and no other trace", async () => {
  const [kept, ...chosen] = await addTraces("choice", 5);
  const deletion = await startLarge({ traceIds: chosen }, 1);
  await runDeletion({ projectId: ctx.projectId, deletionId: deletion.id }, job);
  expect(await findTraceDeletion(ctx, deletion.id)).toMatchObject({ kind: "selection", deleted: 4 });
  expect((await countTraces(ctx, { traceIds: [kept!] })).traces).toBe(1);
});

test("another project's deletion is not found; a viewer deletes nothing", async () => {
  await addTraces("theirs", 3);
  const deletion = await startLarge({ userId: "theirs" }, 1);
  const { ctx: stranger } = await makeProject();
  await expect(findTraceDeletion(stranger, deletion.id)).rejects.toMatchObject({ code: "not_found" });
  const viewer: Context = { ...ctx, scopes: new Set(["read"]) };
  await expect(startDeletion(viewer, { userId: "theirs" })).rejects.toMatchObject({ code: "forbidden" });
});
