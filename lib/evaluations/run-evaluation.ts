import { now } from "#lib/core/clock.ts";
import { isAppError } from "#lib/core/errors.ts";
import { listItems } from "#lib/datasets/queries.ts";
import { prisma } from "#lib/db/prisma.ts";
import { makeCaller } from "./call-model.ts";
import { type PreparedEvaluation, prepareEvaluation } from "./prepare.ts";
import { openWriter } from "./result-writer.ts";
import { type ItemTask, runItem } from "./run-item.ts";
import { findDone, resultKey } from "./store/find-done.ts";
import { takeLease } from "./store/lease.ts";

export type RunOutcome =
  | "done"
  | "canceled"
  | "failed"
  | "finished_before"
  | "held_elsewhere"
  | "interrupted";

const pageSize = 500;
const statusPollMs = 500;

/**
 * Runs what is missing of an evaluation: every candidate, item and repeat without a stored result. So the first run
 * and one after a crash are the same. Ends early when the evaluation is canceled, and when `signal` aborts (then
 * it stays `running`, for the next run). Throws what keeps results from being stored.
 */
export async function runEvaluation(
  projectId: string,
  evaluationId: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<RunOutcome> {
  const lease = await takeLease(evaluationId);
  if (!lease) return "held_elsewhere";
  try {
    const { count } = await prisma().evaluation.updateMany({
      where: { id: evaluationId, projectId, status: { in: ["queued", "running"] } },
      data: { status: "running" },
    });
    if (count === 0) return "finished_before";
    await prisma().evaluation.updateMany({
      where: { id: evaluationId, startedAt: null },
      data: { startedAt: now() },
    });
    return await runPrepared(projectId, evaluationId, signal);
  } finally {
    await lease.release();
  }
}

/** Ends an evaluation that cannot go on, with the reason people see. */
export async function failEvaluation(projectId: string, evaluationId: string, reason: string): Promise<void> {
  await finish(projectId, evaluationId, { status: "failed", error: reason });
}

async function runPrepared(
  projectId: string,
  evaluationId: string,
  signal: AbortSignal,
): Promise<RunOutcome> {
  let evaluation: PreparedEvaluation;
  try {
    evaluation = await prepareEvaluation(projectId, evaluationId);
  } catch (error) {
    if (!isAppError(error)) throw error;
    await failEvaluation(projectId, evaluationId, error.message);
    return "failed";
  }
  const stop = new AbortController();
  const watch = watchForCancel(projectId, evaluationId, stop);
  const stopped = AbortSignal.any([signal, stop.signal]);
  try {
    await runTasks(evaluation, stopped);
  } catch (error) {
    if (!stopped.aborted) throw error;
  } finally {
    clearInterval(watch);
  }
  if (stop.signal.aborted) return "canceled";
  if (signal.aborted) return "interrupted";
  const isFinished = await finish(projectId, evaluationId, { status: "done" });
  return isFinished ? "done" : "canceled";
}

async function runTasks(evaluation: PreparedEvaluation, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const stopped = AbortSignal.any([signal, failed.signal]);
  const call = makeCaller(stopped);
  const writer = openWriter(evaluation);
  const tasks = missingTasks(evaluation);
  const work = async () => {
    // Async generators answer concurrent next() calls one after another, so each task is taken once.
    for (let next = await tasks.next(); !next.done; next = await tasks.next()) {
      stopped.throwIfAborted();
      await writer.add(await runItem(evaluation, next.value, call));
    }
  };
  const lanes = Array.from({ length: evaluation.concurrency }, () =>
    work().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(lanes);
  await writer.close();
  if (failed.signal.aborted) throw failed.signal.reason;
  const broken = ended.find((lane) => lane.status === "rejected");
  if (broken) throw broken.reason;
}

/** Item by item, so that at any moment the candidates have answered to about the same items. */
async function* missingTasks(evaluation: PreparedEvaluation): AsyncGenerator<ItemTask, void> {
  const { ctx, id, candidates, repeats, datasetVersion } = evaluation;
  const key = { projectId: ctx.projectId, evaluationId: id };
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listItems>> = await listItems(ctx, {
      datasetVersionId: datasetVersion.id,
      cursor,
      limit: pageSize,
    });
    const done = await findDone(
      key,
      page.data.map((item) => item.id),
    );
    for (const item of page.data)
      for (let repeat = 0; repeat < repeats; repeat++)
        for (const candidate of candidates)
          if (!done.has(resultKey(candidate.id, item.id, repeat))) yield { candidate, item, repeat };
    cursor = page.nextCursor;
  } while (cursor);
}

function watchForCancel(projectId: string, evaluationId: string, stop: AbortController) {
  const look = async () => {
    const row = await prisma().evaluation.findFirst({
      where: { id: evaluationId, projectId },
      select: { status: true },
    });
    if (row?.status !== "running") stop.abort(new Error("The evaluation was canceled."));
  };
  // A look that fails is followed by another; if the database is away, storing results fails soon enough.
  return setInterval(() => void look().catch(() => {}), statusPollMs);
}

async function finish(
  projectId: string,
  evaluationId: string,
  end: { status: "done" | "failed"; error?: string },
): Promise<boolean> {
  const { count } = await prisma().evaluation.updateMany({
    where: { id: evaluationId, projectId, status: { in: ["queued", "running"] } },
    data: { ...end, finishedAt: now() },
  });
  return count > 0;
}
