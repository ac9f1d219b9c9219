import { runMigrations } from "graphile-worker";
import { singleton } from "#lib/core/singleton.ts";
import { databaseUrl } from "#lib/env.ts";
import { sql } from "./postgres.ts";
import type { Transaction } from "./prisma.ts";

export type JobOptions = {
  /** A job of the same key that waits is replaced; one that runs is left alone and this one comes after it. */
  key?: string;
  /** Attempts before the job is given up; 25 unless told. */
  maxAttempts?: number;
  runAt?: Date;
};

const installed = singleton<{ url: string; done: Promise<void> | undefined }>("queue", () => ({
  url: "",
  done: undefined,
}));

/** Puts one job on the queue; a worker picks it up within about a millisecond. */
export async function enqueue(taskName: string, payload: object, options: JobOptions = {}): Promise<void> {
  await ensureInstalled();
  await sql()`
    select graphile_worker.add_job(${taskName}, ${JSON.stringify(payload)}::text::json,
      job_key => ${options.key ?? null}::text, max_attempts => ${options.maxAttempts ?? null}::int,
      run_at => ${options.runAt ?? null}::timestamptz)`;
}

/** The same in a transaction of the catalogue: the job exists if and only if the transaction commits. */
export async function enqueueWithin(
  tx: Transaction,
  taskName: string,
  payload: object,
  options: JobOptions = {},
): Promise<void> {
  await ensureInstalled();
  await tx.$queryRaw`
    select id::text from graphile_worker.add_job(${taskName}, ${JSON.stringify(payload)}::text::json,
      job_key => ${options.key ?? null}::text, max_attempts => ${options.maxAttempts ?? null}::int,
      run_at => ${options.runAt ?? null}::timestamptz)`;
}

/** The queue's tables are made by the library's own migrations, by whoever comes first: a worker, or a first job. */
function ensureInstalled(): Promise<void> {
  const url = databaseUrl();
  if (installed.url !== url || !installed.done) {
    installed.url = url;
    installed.done = runMigrations({ connectionString: url }).catch((error) => {
      installed.done = undefined;
      throw error;
    });
  }
  return installed.done;
}
