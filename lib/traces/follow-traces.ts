import { setTimeout as pause } from "node:timers/promises";
import { type Context, requireScope } from "#lib/core/context.ts";
import type { TraceFilterDraft, TraceSummary } from "./schema.ts";
import { openMailbox } from "./store/hear-spans.ts";
import { matchTraces } from "./store/match-traces.ts";

export type LiveEvent =
  /** What is stored from now on will be told; what is there already is for the list to read. */
  | { type: "ready" }
  /** Traces that match, as they stand after a change. */
  | { type: "traces"; traces: TraceSummary[] }
  /** More has changed than is told: read the list again. */
  | { type: "behind" }
  /** Nothing for a while. */
  | { type: "idle" };

type FollowOptions = { signal: AbortSignal; idleMs?: number; endAfterMs?: number };

/** At most this often is one follower told of changes; the first of them is told at once. */
const paceMs = 200;

/**
 * Tells of every trace that changes and matches, as soon as its spans are committed, by whichever process. It goes
 * at its reader's pace: what changes meanwhile is told together, or as `behind` where it is too much. Ends when the
 * signal says so, and after `endAfterMs`, so that who has lost access does not go on reading. Needs `read`.
 */
export function followTraces(
  ctx: Context,
  filter: TraceFilterDraft,
  options: FollowOptions,
): AsyncGenerator<LiveEvent> {
  requireScope(ctx, "read");
  return follow(ctx, filter, options);
}

async function* follow(
  ctx: Context,
  filter: TraceFilterDraft,
  { signal, idleMs = 15_000, endAfterMs = 600_000 }: FollowOptions,
): AsyncGenerator<LiveEvent> {
  const mailbox = openMailbox(ctx.projectId);
  signal.addEventListener("abort", mailbox.close, { once: true });
  if (signal.aborted) mailbox.close();
  const endAtMs = performance.now() + endAfterMs;
  let isReady = false;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  try {
    while (performance.now() < endAtMs) {
      await mailbox.wait(Math.min(idleMs, endAtMs - performance.now()));
      if (mailbox.isClosed()) return;
      const earlyMs = toldAtMs + paceMs - performance.now();
      if (earlyMs > 0) await pause(earlyMs);
      const { traceIds, isPartial } = mailbox.take();
      if (!isReady) {
        isReady = mailbox.isListening();
        yield { type: isReady ? "ready" : "idle" };
      } else if (isPartial) {
        toldAtMs = performance.now();
        yield { type: "behind" };
      } else if (traceIds.length > 0) {
        const traces = await matchTraces(ctx, filter, traceIds);
        toldAtMs = performance.now();
        if (traces.length > 0) yield { type: "traces", traces };
      } else yield { type: "idle" };
    }
  } finally {
    mailbox.close();
    signal.removeEventListener("abort", mailbox.close);
  }
}
