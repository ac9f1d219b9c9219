import { sql } from "#lib/db/postgres.ts";

/** Adds to what a project has sent today of a signal that is only counted. */
export async function countIngested(
  projectId: string,
  signal: "logs" | "metrics",
  records: number,
): Promise<void> {
  await sql()`
    insert into ingest_counts (project_id, day, signal, requests, records)
    values (${projectId}, (now() at time zone 'UTC')::date, ${signal}, 1, ${records})
    on conflict (project_id, day, signal) do update
      set requests = ingest_counts.requests + 1, records = ingest_counts.records + excluded.records`;
}
