import { enqueue } from "#lib/db/queue.ts";

export const runTask = "evaluation:run";
const attemptLimit = 10;

/** Queues the run of an evaluation, once however often it is called before a worker takes it. */
export async function enqueueEvaluation(projectId: string, evaluationId: string): Promise<void> {
  const options = { key: `${runTask}:${evaluationId}`, maxAttempts: attemptLimit };
  await enqueue(runTask, { projectId, evaluationId }, options);
}
