import { setTimeout as sleep } from "node:timers/promises";
import { systemContext } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { singleton } from "#lib/core/singleton.ts";
import type { Span } from "#lib/traces/span.ts";
import { acceptSpans } from "../accept-spans.ts";
import { estimateUsage } from "./estimate-usage.ts";

/*
 * Traces of the gateway are written after the answer and never in its way. They wait here, in memory: a database that
 * is away for a moment loses nothing, one that is away until `limit` spans wait costs the newest, and says so in the
 * log. A process that is told to stop writes what waits (`drainGateway`); one that is killed loses it.
 */
const limit = 20_000;
const batchSize = 200;
/** Calls that end within this time are written together; it is how long a trace stays unseen. */
const gatherMs = 50;
const longestWaitMs = 5_000;

/** `makeSpan` reads the answer and lays the span out: work that no caller waits for either. */
type Entry = { projectId: string; makeSpan: () => Span };
type Queue = { waiting: Entry[]; worker: Promise<void> | null; droppedCount: number; isStopping: boolean };

const queue = singleton<Queue>("gateway-traces", () => ({
  waiting: [],
  worker: null,
  droppedCount: 0,
  isStopping: false,
}));

/** Hands a finished call over to be stored. Returns at once. */
export function enqueueSpan(projectId: string, makeSpan: () => Span): void {
  if (queue.waiting.length >= limit) {
    queue.droppedCount++;
    if (queue.droppedCount === 1 || queue.droppedCount % 1000 === 0) {
      console.error(`gateway: ${queue.droppedCount} traces lost: ${limit} wait for the database already.`);
    }
    return;
  }
  queue.waiting.push({ projectId, makeSpan });
  queue.worker ??= work().finally(() => {
    queue.worker = null;
  });
}

/** How many traces wait to be stored. */
export function waitingTraceCount(): number {
  return queue.waiting.length;
}

/** Writes what waits, for at most `timeoutMs`; resolves with the number of traces that could not be written. */
export async function drainGateway(timeoutMs = 10_000): Promise<number> {
  const deadline = new AbortController();
  queue.isStopping = true;
  try {
    const timeout = sleep(timeoutMs, undefined, { signal: deadline.signal }).catch(() => {});
    while (queue.worker && !(await Promise.race([queue.worker.then(() => false), timeout.then(() => true)])));
  } finally {
    deadline.abort();
    queue.isStopping = false;
  }
  return queue.waiting.length;
}

async function work(): Promise<void> {
  await gather();
  for (let failures = 0; queue.waiting.length > 0; ) {
    const batch = nextBatch();
    try {
      const spans = await Promise.all(batch.map(({ makeSpan }) => estimateUsage(makeSpan())));
      const { rejected } = await acceptSpans(systemContext(batch[0]!.projectId, "Gateway"), spans);
      for (const { spanId, message } of rejected)
        console.error(`gateway: span ${spanId} was refused: ${message}`);
      failures = 0;
    } catch (error) {
      if (isAppError(error) && error.code !== "unavailable" && error.code !== "too_many_requests") {
        console.error(`gateway: ${batch.length} traces were refused: ${error.message}`);
        continue;
      }
      queue.waiting.unshift(...batch);
      failures++;
      if (failures === 1) console.error("gateway: traces wait, they could not be written:", error);
      await sleep(queue.isStopping ? 100 : Math.min(longestWaitMs, 100 * 2 ** failures));
    }
  }
}

/** Waits a moment for more, unless many wait already or the process is to stop. */
async function gather(): Promise<void> {
  for (let passedMs = 0; passedMs < gatherMs; passedMs += 10) {
    if (queue.isStopping || queue.waiting.length >= batchSize) return;
    await sleep(10);
  }
}

/** The spans at the head of the queue that are of one project. */
function nextBatch(): Entry[] {
  const { projectId } = queue.waiting[0]!;
  const other = queue.waiting.findIndex((entry) => entry.projectId !== projectId);
  return queue.waiting.splice(0, Math.min(other < 0 ? queue.waiting.length : other, batchSize));
}
