import { CopyBuffer, copyInto } from "#lib/db/copy.ts";
import type { Sql } from "#lib/db/postgres.ts";
import { markDeletedTraces, markTraces } from "./mark-traces.ts";
import type { StoredSpan } from "./stored-span.ts";

/** Rows as they are now, and those whose place they took (of the same spans; none where a span is new). */
export type SpanChange = { written: readonly StoredSpan[]; replaced: readonly StoredSpan[] };

/**
 * The one place where work that is derived from spans is marked as due. Every writer of spans calls it inside its
 * transaction, after its rows: COPY of new spans, merges, joined log records, relinking and remapping. What is
 * marked is so exactly when the spans are committed.
 *
 * It runs once for up to 4,000 spans, on the way to an answer: nothing is sent where nothing is due, and one COPY
 * where something is. Marks are appended, never updated: a unique key that two batches share would have each writer
 * wait for the other's commit.
 *
 * Due are all traces, to be packed for the lists, and those of A/B tests, to be folded into their cells.
 */
export async function markPending(tx: Sql, change: SpanChange): Promise<void> {
  await markTraces(tx, change);
  const { written, replaced } = change;
  const traces = new Map<string, { row: StoredSpan; fromUs: number; toUs: number }>();
  for (const row of [...written, ...replaced]) {
    if (!row.abTestId) continue;
    const { traceId, startTimeUs } = row.span;
    const key = `${row.projectId}${traceId}`;
    const known = traces.get(key);
    if (!known) traces.set(key, { row, fromUs: startTimeUs, toUs: startTimeUs });
    else {
      known.fromUs = Math.min(known.fromUs, startTimeUs);
      known.toUs = Math.max(known.toUs, startTimeUs);
    }
  }
  if (traces.size === 0) return;
  const buffer = new CopyBuffer();
  for (const { row, fromUs, toUs } of traces.values()) {
    buffer.startRow(4);
    buffer.uuid(row.projectId);
    buffer.uuid(row.span.traceId);
    buffer.timestamp(fromUs);
    buffer.timestamp(toUs);
  }
  await copyInto(tx, "ab_pending", ["project_id", "trace_id", "from_at", "to_at"], [buffer.bytes()]);
}

/** The same for spans that are about to be deleted, whole traces at a time. */
export async function markDeleted(tx: Sql, projectId: string, traceIds: readonly string[]): Promise<void> {
  await markDeletedTraces(tx, projectId, traceIds);
  await tx`insert into ab_pending (project_id, trace_id) select ${projectId}::uuid, unnest(${traceIds as string[]}::uuid[])`;
}
