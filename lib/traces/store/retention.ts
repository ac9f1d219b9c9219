import { type Sql, sql } from "#lib/db/postgres.ts";
import { isDistributed } from "./lock-rows.ts";
import { markExpired } from "./mark-expired.ts";
import { forgetPartitions, isoDate } from "./partitions.ts";

const dayMs = 86_400_000;
/** Log records whose span has not come within this time are given up. */
const pendingLogDays = 7;
/** A span that has not ended within this time is not waited for: a later end of it, in another day, is a new row. */
const openSpanDays = 30;

/**
 * Deletes what each project keeps no longer, a day at a time, and drops the partitions that are then empty: dropping
 * frees the disk at once, deleting leaves it to be reused. Traces older than a project's days go whole with their
 * scores and what was packed of them. Returns how many spans were deleted and partitions dropped.
 */
export async function applyRetention(
  now = new Date(),
): Promise<{ deletedSpans: number; droppedPartitions: number }> {
  let deletedSpans = 0;
  const projects = await sql()<{ id: string; retention_days: number }[]>`
    select id, retention_days from project where retention_days is not null`;
  for (const { id, retention_days: days } of projects) {
    const cutoff = new Date(Math.floor(now.getTime() / dayMs) * dayMs - days * dayMs).toISOString();
    deletedSpans += await deleteBefore(id, cutoff);
  }
  await sql()`delete from pending_logs where received_at < ${new Date(now.getTime() - pendingLogDays * dayMs)}`;
  await sql()`delete from open_spans where start_time < ${new Date(now.getTime() - openSpanDays * dayMs)}`;
  return { deletedSpans, droppedPartitions: await dropEmptyPartitions(now) };
}

async function deleteBefore(projectId: string, cutoff: string): Promise<number> {
  const days = await sql()<{ day: string }[]>`
    select distinct (start_time at time zone 'UTC')::date::text as day from spans
    where project_id = ${projectId} and start_time < ${cutoff}::text::timestamptz`;
  let deleted = 0;
  for (const { day } of days) {
    const [from, to] = [`${day}T00:00:00Z`, new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString()];
    deleted += await sql().begin(async (transaction) => {
      const tx = transaction as unknown as Sql;
      const [{ count }] = await tx<[{ count: number }]>`
        with gone as (
          delete from spans where project_id = ${projectId}
            and start_time >= ${from}::text::timestamptz and start_time < ${to}::text::timestamptz
          returning trace_id, ab_test_id
        ),
        -- Running tests forget them too; what a finished one found stays.
        marked as (
          insert into ab_pending (project_id, trace_id)
          select distinct ${projectId}::uuid, trace_id from gone g join ab_test t on t.id = g.ab_test_id
          where t.stopped_at is null
        )
        select count(*) from gone`;
      await tx`
        delete from span_payloads where project_id = ${projectId}
          and start_time >= ${from}::text::timestamptz and start_time < ${to}::text::timestamptz`;
      await markExpired(tx, projectId, to);
      return count;
    });
  }
  await sql()`
    with gone as (
      delete from scores where project_id = ${projectId} and created_at < ${cutoff}::text::timestamptz returning trace_id
    )
    insert into ab_pending (project_id, trace_id)
    select distinct ${projectId}::uuid, g.trace_id from gone g
      join ab_counted_trace c using (trace_id) join ab_counted_unit u on u.no = c.unit_no join ab_test t on t.id = u.ab_test_id
    where t.stopped_at is null and t.project_id = ${projectId}`;
  return deleted;
}

/** Of days before yesterday: newer ones may be about to receive spans. */
async function dropEmptyPartitions(now: Date): Promise<number> {
  const yesterday = isoDate(Math.floor(now.getTime() / dayMs) - 1).replaceAll("-", "");
  const partitions = await sql()<{ name: string; parent: string }[]>`
    select c.relname as name, parent.relname as parent from pg_inherits i
      join pg_class c on c.oid = i.inhrelid join pg_class parent on parent.oid = i.inhparent
    where parent.relname in ('spans', 'span_payloads') and c.relname ~ '_\\d{8}$' and right(c.relname, 8) < ${yesterday}`;
  let dropped = 0;
  for (const { name, parent } of partitions) if (await dropIfEmpty(name, parent)) dropped++;
  if (dropped > 0) forgetPartitions();
  return dropped;
}

/** lock_not_available and deadlock_detected: writers are busy, and the next round tries again. */
const busyCodes = new Set(["55P03", "40P01"]);

async function dropIfEmpty(name: string, parent: string): Promise<boolean> {
  const [found] = await sql()`select 1 from ${sql()(name)} limit 1`;
  if (found) return false;
  // Citus takes the locks of a drop itself, on every node.
  const isOnCluster = await isDistributed();
  try {
    return await sql().begin(async (tx) => {
      // Parent before partition, as writers lock them. One that waits finds the day gone and uses the default.
      await tx`set local lock_timeout = '1s'`;
      if (!isOnCluster) await tx`lock table only ${tx(parent)} in access exclusive mode`;
      const rows = await tx`select 1 from ${tx(name)} limit 1`;
      if (rows.length > 0) return false;
      await tx`drop table ${tx(name)}`;
      return true;
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && busyCodes.has(String(error.code))) return false;
    throw error;
  }
}
