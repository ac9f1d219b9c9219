import { Logger, type Runner, run } from "graphile-worker";
import { actCrontab, actTasks } from "#lib/abtests/act-on-verdicts.ts";
import { foldCrontab, foldTasks } from "#lib/abtests/fold-tasks.ts";
import { databaseUrl } from "#lib/env.ts";
import { evaluationCrontab, evaluationTasks, resumeEvaluations } from "#lib/evaluations/worker.ts";
import { maintainTraces, traceCrontab, traceTasks } from "#lib/traces/maintain.ts";
import { webhookCrontab, webhookTasks } from "#lib/webhooks/worker.ts";

export type { Runner };

/** Runs queued work in this process; jobs live in the database, so a crash loses none and a restart resumes them. */
export async function startWorker(): Promise<Runner> {
  await maintainTraces();
  const runner = await run({
    connectionString: databaseUrl(),
    concurrency: 4,
    noHandleSignals: true,
    pollInterval: 1000,
    taskList: { ...evaluationTasks, ...traceTasks, ...foldTasks, ...actTasks, ...webhookTasks },
    crontab: [evaluationCrontab, traceCrontab, foldCrontab, actCrontab, webhookCrontab].join("\n"),
    logger: quietLogger,
  });
  await resumeEvaluations();
  return runner;
}

/** Jobs tell of themselves in the pages; the terminal hears of what went wrong. */
const quietLogger = new Logger(() => (level, message) => {
  if (level === "error") console.error(`[worker] ${message}`);
});
