import type { Sql } from "#lib/db/postgres.ts";
import type { StoredSpan } from "./stored-span.ts";

/** Rows as they are now, and those whose place they took (of the same spans; none where a span is new). */
export type SpanChange = { written: readonly StoredSpan[]; replaced: readonly StoredSpan[] };

/**
 * The one place where work that is derived from spans is marked as due. Every writer of spans calls it inside its
 * transaction, after its rows: COPY of new spans, merges, joined log records, relinking and remapping. What is
 * marked is so exactly when the spans are committed.
 *
 * It runs once for up to 4,000 spans, on the way to an answer: look through the rows in memory first, send nothing
 * where nothing is due, and one statement where something is. Append to what is pending rather than upsert it: a
 * unique key that two batches share would have each writer wait for the other's commit.
 */
export async function markPending(_tx: Sql, _change: SpanChange): Promise<void> {}

/** The same for spans that are about to be deleted, whole traces at a time. */
export async function markDeleted(
  _tx: Sql,
  _projectId: string,
  _traceIds: readonly string[],
): Promise<void> {}
