import { copyInto } from "#lib/db/copy.ts";
import type { Sql } from "#lib/db/postgres.ts";
import { markPending } from "./mark-pending.ts";
import { encodeSpans, payloadColumns, type StoredSpan, spanColumns } from "./stored-span.ts";

/** Puts `written` in the place of exactly the rows `replaced`; what is new must be known not to be there. */
export async function rewriteSpans(
  tx: Sql,
  replaced: readonly StoredSpan[],
  written: readonly StoredSpan[],
): Promise<void> {
  await deleteSpans(tx, replaced);
  await copySpans(tx, written);
  if (written.length > 0) await markPending(tx, { written, replaced });
}

async function deleteSpans(tx: Sql, rows: readonly StoredSpan[]): Promise<void> {
  if (rows.length === 0) return;
  for (const table of ["spans", "span_payloads"]) {
    await tx`
      with k as materialized (
        select * from unnest(
          ${rows.map((row) => row.projectId)}::uuid[], ${rows.map((row) => row.span.traceId)}::uuid[],
          ${rows.map((row) => row.span.spanId)}::text[], ${rows.map((row) => isoOf(row.span.startTimeUs))}::text[]::timestamptz[]
        ) as k (project_id, trace_id, span_id, start_time))
      delete from ${tx(table)} s using k
      where s.trace_id = k.trace_id and s.span_id = decode(k.span_id, 'hex') and s.project_id = k.project_id
        and s.start_time = k.start_time`;
  }
}

async function copySpans(tx: Sql, rows: readonly StoredSpan[]): Promise<void> {
  if (rows.length === 0) return;
  const encoded = encodeSpans(rows);
  await copyInto(tx, "spans", spanColumns, [encoded.spans]);
  await copyInto(tx, "span_payloads", payloadColumns, [encoded.payloads]);
}

/** ISO 8601 with microseconds, which a Date does not have. */
function isoOf(microseconds: number): string {
  const iso = new Date(Math.floor(microseconds / 1000)).toISOString();
  const rest = String(((microseconds % 1000) + 1000) % 1000).padStart(3, "0");
  return `${iso.slice(0, -1)}${rest}Z`;
}
