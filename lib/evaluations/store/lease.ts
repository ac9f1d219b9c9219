import { setTimeout as sleep } from "node:timers/promises";
import { makeSql, sql } from "#lib/db/postgres.ts";
import { databaseUrl } from "#lib/env.ts";

/**
 * One process at a time runs an evaluation. The lease is a session-level advisory lock on a connection of its own,
 * so it ends with the process that holds it, however that ends.
 */
export type Lease = { release(): Promise<void> };

/** Null if another process holds it. Waits up to 3 s: a killed process's connection may be noticed late. */
export async function takeLease(evaluationId: string): Promise<Lease | null> {
  const connection = makeSql(databaseUrl(), { max: 1, keepsConnections: true });
  const release = () => connection.end({ timeout: 1 });
  try {
    for (let attempt = 0; attempt < 30; attempt++) {
      const [row] = await connection<{ isTaken: boolean }[]>`
        select pg_try_advisory_lock(hashtextextended(${evaluationId}, 0)) as "isTaken"`;
      if (row!.isTaken) return { release };
      await sleep(100);
    }
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return null;
}

/** Evaluations, of all projects, that should be running and that no process holds. */
export async function findAbandoned(): Promise<{ id: string; projectId: string }[]> {
  return sql()<{ id: string; projectId: string }[]>`
    with unfinished as materialized (
      select id, project_id from evaluation where status in ('queued', 'running')
    )
    select id, project_id as "projectId" from unfinished
    where pg_try_advisory_xact_lock(hashtextextended(id::text, 0))`;
}
