import type { TaskList } from "graphile-worker";
import { z } from "zod";
import { enqueueEvaluation, runTask } from "./enqueue-evaluation.ts";
import { failEvaluation, runEvaluation } from "./run-evaluation.ts";
import { findAbandoned } from "./store/lease.ts";

const resumeTask = "evaluation:resume";
const payloadSchema = z.object({ projectId: z.uuid(), evaluationId: z.uuid() });

/** The tasks of the queue's worker. */
export const evaluationTasks: TaskList = {
  [runTask]: async (payload, { job, abortSignal }) => {
    const { projectId, evaluationId } = payloadSchema.parse(payload);
    try {
      const outcome = await runEvaluation(projectId, evaluationId, abortSignal);
      // Failing the job is how the queue is told to start it again.
      if (outcome === "interrupted") throw new Error("The worker is shutting down.");
    } catch (error) {
      if (job.attempts >= job.max_attempts && !abortSignal.aborted)
        await failEvaluation(projectId, evaluationId, `It failed ${job.attempts} times: ${messageOf(error)}`);
      throw error;
    }
  },
  [resumeTask]: resumeEvaluations,
};

/** For the worker's `crontab`: an evaluation whose process died goes on within a minute elsewhere. */
export const evaluationCrontab = `* * * * * ${resumeTask}`;

/** Queues again every evaluation that should be running and that no process runs: call it when a server starts. */
export async function resumeEvaluations(): Promise<void> {
  for (const { id, projectId } of await findAbandoned()) await enqueueEvaluation(projectId, id);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
