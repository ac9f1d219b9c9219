import { setTimeout as sleep } from "node:timers/promises";
import { isAppError } from "#lib/core/errors.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import type { Span } from "#lib/traces/span.ts";
import type { PreparedEvaluation } from "./prepare.ts";
import type { ItemOutcome } from "./run-item.ts";
import { writeResults } from "./store/write-results.ts";

const batchSize = 100;
const longestWaitMs = 250;
const mostPending = 1000;
const attemptLimit = 30;

/**
 * Stores outcomes in batches: spans first, so that no result points to a trace that is not there. A crash loses at
 * most a quarter of a second's answers, which are then asked for again.
 */
export function openWriter(evaluation: PreparedEvaluation) {
  const key = { projectId: evaluation.ctx.projectId, evaluationId: evaluation.id };
  let pending: ItemOutcome[] = [];
  let writing: Promise<void> | null = null;
  let failure: { error: unknown } | null = null;
  const timer = setInterval(() => void write(), longestWaitMs);

  async function store(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending.splice(0, batchSize * 5);
      await storeSpans(
        evaluation,
        batch.flatMap((outcome) => outcome.spans),
      );
      await writeResults(
        key,
        batch.map((outcome) => outcome.result),
      );
    }
  }

  function write(): Promise<void> {
    writing ??= store()
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        writing = null;
      });
    return writing;
  }

  return {
    /** Resolves at once unless storing lags far behind. Rejects with what made an earlier batch fail. */
    async add(outcome: ItemOutcome): Promise<void> {
      if (failure) throw failure.error;
      pending.push(outcome);
      if (pending.length >= mostPending) await write();
      else if (pending.length >= batchSize) void write();
    },
    /** Stores what is left. */
    async close(): Promise<void> {
      clearInterval(timer);
      await write();
      if (pending.length > 0 && !failure) await write();
      pending = [];
      if (failure) throw failure.error;
    },
  };
}

/** Under pressure the funnel says when to come again; nobody waits for an evaluation as for a request. */
async function storeSpans(evaluation: PreparedEvaluation, spans: Span[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await acceptSpans(evaluation.ctx, spans);
      return;
    } catch (error) {
      if (!isAppError(error) || error.code !== "unavailable" || attempt >= attemptLimit) throw error;
      await sleep((error.retryAfterS ?? 1) * 1000);
    }
  }
}
