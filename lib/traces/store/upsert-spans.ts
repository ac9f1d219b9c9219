import { type Sql, sql } from "#lib/db/postgres.ts";
import { linkSpan } from "../link-span.ts";
import { mergeSpans } from "../merge-spans.ts";
import { loadLinks } from "./links.ts";
import { dayOf } from "./partitions.ts";
import { rewriteSpans } from "./rewrite-spans.ts";
import { type PayloadRow, type SpanRow, selectSpan, toStored } from "./span-rows.ts";
import type { StoredSpan } from "./stored-span.ts";

/**
 * Stores spans of which some are already there, or which come twice in `rows`: each is stored once, merged by
 * `mergeSpans` with the version that is there. Another writer of the same span waits; one that was faster makes
 * this transaction start again.
 */
export async function upsertSpans(rows: readonly StoredSpan[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql().begin((tx) => replaceSpans(tx as unknown as Sql, rows));
      return;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (attempt >= 5 || !retriedCodes.has(code)) throw error;
    }
  }
}

/** unique_violation, serialization_failure, deadlock_detected. */
const retriedCodes = new Set(["23505", "40001", "40P01"]);

async function replaceSpans(tx: Sql, rows: readonly StoredSpan[]): Promise<void> {
  const incoming = await uniteTwins(tx, rows);
  const stored = await lockSpans(tx, [...incoming.values()]);
  const written: StoredSpan[] = [];
  const replaced: StoredSpan[] = [];
  for (const [key, row] of incoming) {
    const existing = stored.get(key);
    if (!existing) {
      written.push(row);
      continue;
    }
    const merged = await mergeStored(tx, existing, row);
    if (isSame(existing, merged)) continue;
    replaced.push(existing);
    written.push(merged);
  }
  await rewriteSpans(tx, replaced, written);
}

/** One version of each span, by key. */
async function uniteTwins(tx: Sql, rows: readonly StoredSpan[]): Promise<Map<string, StoredSpan>> {
  const byKey = new Map<string, StoredSpan>();
  for (const row of rows) {
    const twin = byKey.get(keyOf(row));
    byKey.set(keyOf(row), twin ? await mergeStored(tx, twin, row) : row);
  }
  return byKey;
}

/** Merges two stored versions; what the merged one says is linked and priced as if it had just arrived. */
async function mergeStored(tx: Sql, earlier: StoredSpan, later: StoredSpan): Promise<StoredSpan> {
  const merged = mergeSpans(earlier, later);
  const links = await loadLinks(earlier.projectId, [merged.span], tx);
  const row = linkSpan(earlier.projectId, merged, links, Math.min(earlier.receivedAtUs, later.receivedAtUs));
  row.modelVersionId ??= earlier.modelVersionId ?? later.modelVersionId;
  row.isModelCall &&= earlier.isModelCall && later.isModelCall;
  return row;
}

function keyOf({ projectId, span }: StoredSpan): string {
  return `${projectId}${span.traceId}${span.spanId}`;
}

function isSame(a: StoredSpan, b: StoredSpan): boolean {
  return JSON.stringify([a.span.raw, a.content]) === JSON.stringify([b.span.raw, b.content]);
}

/** The stored versions of these spans, locked, in any day that neighbors theirs. */
async function lockSpans(tx: Sql, rows: StoredSpan[]): Promise<Map<string, StoredSpan>> {
  const dayMs = 86_400_000;
  const sorted = [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const found = await tx<(SpanRow & PayloadRow)[]>`
    select ${selectSpan(tx)}, p.raw, p.content
    from unnest(
        ${sorted.map((row) => row.projectId)}::uuid[], ${sorted.map((row) => row.span.traceId)}::uuid[],
        ${sorted.map((row) => row.span.spanId)}::text[],
        ${sorted.map((row) => new Date((dayOf(row.span.startTimeUs) - 1) * dayMs).toISOString())}::text[]::timestamptz[],
        ${sorted.map((row) => new Date((dayOf(row.span.startTimeUs) + 2) * dayMs).toISOString())}::text[]::timestamptz[]
      ) with ordinality as k (project_id, trace_id, span_id, earliest, latest, position)
      join spans s on s.trace_id = k.trace_id and s.span_id = decode(k.span_id, 'hex') and s.project_id = k.project_id
        and s.start_time >= k.earliest and s.start_time < k.latest
      join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id and p.project_id = s.project_id
        and p.start_time = s.start_time
    order by k.position
    for update of s`;
  const stored = new Map<string, StoredSpan>();
  for (const row of found) stored.set(keyOf(toStored(row)), toStored(row));
  return stored;
}
