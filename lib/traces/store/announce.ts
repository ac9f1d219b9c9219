import { sql } from "#lib/db/postgres.ts";
import type { StoredSpan } from "./stored-span.ts";

/** PostgreSQL refuses a payload of 8,000 bytes; 150 trace ids take 5,400. */
const traceIdsLimit = 150;

/**
 * Tells every listener of `stemma_spans` which traces have changed: `{projectId, traceIds, isPartial}`. After the
 * commit and on its own, because a NOTIFY inside makes transactions commit one after another. A notice may be
 * lost with its connection: listeners show what is new, they are not the record of it.
 */
export function announceSpans(rows: readonly StoredSpan[]): void {
  const traceIdsOf = new Map<string, Set<string>>();
  for (const { projectId, span } of rows) {
    const traceIds = traceIdsOf.get(projectId) ?? new Set();
    if (traceIds.size <= traceIdsLimit) traceIds.add(span.traceId);
    traceIdsOf.set(projectId, traceIds);
  }
  for (const [projectId, traceIds] of traceIdsOf) {
    const isPartial = traceIds.size > traceIdsLimit;
    const payload = JSON.stringify({ projectId, traceIds: [...traceIds].slice(0, traceIdsLimit), isPartial });
    sql()`select pg_notify('stemma_spans', ${payload})`.catch(() => {});
  }
}
