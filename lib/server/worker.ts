import { type Runner, run } from "graphile-worker";
import { databaseUrl } from "#lib/env.ts";
import { evaluationTasks } from "#lib/evaluations/worker.ts";

/** Runs queued work in this process; jobs live in the database, so a crash loses none and a restart resumes them. */
export async function startWorker(): Promise<Runner> {
  return run({
    connectionString: databaseUrl(),
    concurrency: 4,
    noHandleSignals: true,
    pollInterval: 1000,
    taskList: { ...evaluationTasks },
    logger: quietLogger,
  });
}
