import type { Sql } from "#lib/db/postgres.ts";
import { linkSpan } from "../link-span.ts";
import { mergeSpans } from "../merge-spans.ts";
import { loadLinks } from "./links.ts";
import { isDistributed, lockSpans, rewriting } from "./lock-rows.ts";
import {
  closeSpans,
  findOpenSpans,
  keyOfOpen,
  type OpenSpan,
  recordOpenSpans,
  timeOf,
} from "./open-spans.ts";
import { dayOf } from "./partitions.ts";
import { rewriteSpans } from "./rewrite-spans.ts";
import { settleLeafCalls } from "./settle-leaf-calls.ts";
import { type PayloadRow, type SpanRow, selectSpan, toStored } from "./span-rows.ts";
import type { StoredSpan } from "./stored-span.ts";

/**
 * Stores spans of which some are already there, or which come twice in `rows`: each is stored once, merged by
 * `mergeSpans` with the version that is there. Another writer of the same span waits; one that was faster makes
 * this transaction start again.
 */
export async function upsertSpans(rows: readonly StoredSpan[]): Promise<void> {
  // The default partition holds days of all ages: what met its unique index there is looked for everywhere.
  await rewriting((tx, attempt) => replaceSpans(tx, rows, attempt > 1));
}

async function replaceSpans(tx: Sql, rows: readonly StoredSpan[], isEverywhere: boolean): Promise<void> {
  const incoming = await uniteVersions(tx, rows);
  const open = await findOpenSpans(tx, [...new Set(rows.map((row) => row.span.traceId))]);
  const stored = await readVersions(tx, [...incoming.values()], open, isEverywhere);
  const written: StoredSpan[] = [];
  const replaced: StoredSpan[] = [];
  for (const [key, row] of incoming) {
    const existing = stored.get(key) ?? [];
    if (existing.length === 0) {
      written.push(row);
      continue;
    }
    let merged = existing[0]!;
    for (const version of [...existing.slice(1), row]) merged = await mergeStored(tx, merged, version);
    if (existing.length === 1 && isSame(existing[0]!, merged)) continue;
    replaced.push(...existing);
    written.push(merged);
  }
  await rewriteSpans(tx, replaced, written);
  await closeSpans(
    tx,
    open.filter((span) => incoming.has(keyOfOpen(span))),
  );
  await recordOpenSpans(tx, written);
  await settleLeafCalls(tx, [...replaced, ...written]);
}

/** One version of each span, by key. */
async function uniteVersions(tx: Sql, rows: readonly StoredSpan[]): Promise<Map<string, StoredSpan>> {
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
  return row;
}

function keyOf({ projectId, span }: StoredSpan): string {
  return `${projectId}${span.traceId}${span.spanId}`;
}

function isSame(a: StoredSpan, b: StoredSpan): boolean {
  return JSON.stringify([a.span.raw, a.content]) === JSON.stringify([b.span.raw, b.content]);
}

/** The stored versions of these spans, locked: in any day that neighbors theirs, and wherever an open one lies. */
async function readVersions(
  tx: Sql,
  rows: StoredSpan[],
  open: readonly OpenSpan[],
  isEverywhere: boolean,
): Promise<Map<string, StoredSpan[]>> {
  const startOfOpen = new Map(open.map((span) => [keyOfOpen(span), span.startTime]));
  const windows = [...rows]
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .flatMap((row) => {
      const window = { row, ...(isEverywhere ? everywhere : windowAround(row)) };
      const start = startOfOpen.get(keyOf(row));
      return start === undefined ? [window] : [window, { row, earliest: start, latest: start }];
    });
  const found = await tx<(SpanRow & PayloadRow)[]>`
    with k as materialized (
      select * from unnest(
        ${windows.map(({ row }) => row.projectId)}::uuid[], ${windows.map(({ row }) => row.span.traceId)}::uuid[],
        ${windows.map(({ row }) => row.span.spanId)}::text[],
        ${windows.map(({ earliest }) => earliest)}::text[]::timestamptz[],
        ${windows.map(({ latest }) => latest)}::text[]::timestamptz[]
      ) with ordinality as k (project_id, trace_id, span_id, earliest, latest, position))
    select ${selectSpan(tx)}, p.raw, p.content
    from k join spans s on s.trace_id = k.trace_id and s.span_id = decode(k.span_id, 'hex') and s.project_id = k.project_id
        and s.start_time >= k.earliest and s.start_time <= k.latest
      join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id and p.project_id = s.project_id
        and p.start_time = s.start_time
    order by k.position
    ${lockSpans(tx, await isDistributed(tx))}`;
  const stored = new Map<string, StoredSpan[]>();
  for (const row of found.map(toStored)) {
    const versions = stored.get(keyOf(row)) ?? [];
    // An open span in a neighboring day is found by both of its windows.
    if (versions.some(({ span }) => span.startTimeUs === row.span.startTimeUs)) continue;
    stored.set(keyOf(row), [...versions, row]);
  }
  return stored;
}

const dayUs = 86_400_000_000;

const everywhere = { earliest: "-infinity", latest: "infinity" };

function windowAround(row: StoredSpan): { earliest: string; latest: string } {
  if (row.span.raw.startTimeUnixNano === "0") return everywhere;
  const day = dayOf(row.span.startTimeUs);
  return { earliest: timeOf((day - 1) * dayUs, ""), latest: timeOf((day + 2) * dayUs - 1, "") };
}
