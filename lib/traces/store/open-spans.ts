import type { Sql } from "#lib/db/postgres.ts";
import { dayOf } from "./partitions.ts";
import type { StoredSpan } from "./stored-span.ts";

/**
 * A span has one row although its versions may say different starts: a partition's unique index finds a version of
 * the same day, and what is here one of any other day. Two finished versions with starts of their own that lie in
 * different days are only looked for around midnight: emitters retry a finished span, but do not move it by hours.
 */
export type OpenSpan = { projectId: string; traceId: string; spanId: string; startTime: string };

const midnightMarginUs = 10 * 60 * 1_000_000;
const dayUs = 86_400_000_000;

/** What an open span's other version can't be told by: its start. */
export function isOpen({ span }: StoredSpan): boolean {
  return span.endTimeUs === null || hasNoStart(span);
}

function hasNoStart(span: StoredSpan["span"]): boolean {
  return span.raw.startTimeUnixNano === "0";
}

/** The open spans of these traces, whichever spans of them. */
export async function findOpenSpans(tx: Sql, traceIds: readonly string[]): Promise<OpenSpan[]> {
  return await tx<OpenSpan[]>`
    select project_id as "projectId", replace(trace_id::text, '-', '') as "traceId",
      encode(span_id, 'hex') as "spanId", start_time::text as "startTime"
    from open_spans where trace_id = any(${traceIds as string[]}::uuid[])`;
}

/** Records those of the written rows that are open. */
export async function recordOpenSpans(tx: Sql, written: readonly StoredSpan[]): Promise<void> {
  const rows = written.filter(isOpen);
  if (rows.length === 0) return;
  await tx`
    insert into open_spans (project_id, trace_id, start_time, span_id)
    select k.project_id, k.trace_id, to_timestamp(k.start_us / 1000000.0), decode(k.span_id, 'hex')
    from unnest(${rows.map((row) => row.projectId)}::uuid[], ${rows.map((row) => row.span.traceId)}::uuid[],
      ${rows.map((row) => row.span.spanId)}::text[], ${rows.map((row) => row.span.startTimeUs)}::bigint[])
      as k (project_id, trace_id, span_id, start_us)
    on conflict (trace_id, span_id, project_id) do update set start_time = excluded.start_time`;
}

/** Forgets open spans that have been merged. */
export async function closeSpans(tx: Sql, spans: readonly OpenSpan[]): Promise<void> {
  if (spans.length === 0) return;
  await tx`
    with k as materialized (
      select * from unnest(${spans.map((span) => span.projectId)}::uuid[],
        ${spans.map((span) => span.traceId)}::uuid[], ${spans.map((span) => span.spanId)}::text[])
        as k (project_id, trace_id, span_id))
    delete from open_spans o using k
    where o.trace_id = k.trace_id and o.span_id = decode(k.span_id, 'hex') and o.project_id = k.project_id`;
}

/** Where in time other versions of a span may lie: from `earliestUs` to before `latestUs`; null for no bound. */
export type Window = { row: StoredSpan; earliestUs: number | null; latestUs: number | null };

/**
 * The spans whose other versions may lie in another day although nothing open says so, because they are
 * themselves the open version, or start around midnight.
 */
export function windowsBeyondDay(rows: readonly StoredSpan[]): Window[] {
  const windows: Window[] = [];
  for (const row of rows) {
    const { startTimeUs, endTimeUs } = row.span;
    const dayStartUs = dayOf(startTimeUs) * dayUs;
    if (hasNoStart(row.span)) windows.push({ row, earliestUs: null, latestUs: null });
    else if (endTimeUs === null) {
      windows.push({ row, earliestUs: dayStartUs - dayUs, latestUs: dayStartUs + 2 * dayUs });
    } else if (startTimeUs - dayStartUs < midnightMarginUs) {
      windows.push({ row, earliestUs: dayStartUs - midnightMarginUs, latestUs: dayStartUs });
    } else if (dayStartUs + dayUs - startTimeUs < midnightMarginUs) {
      const nextDayUs = dayStartUs + dayUs;
      windows.push({ row, earliestUs: nextDayUs, latestUs: nextDayUs + midnightMarginUs });
    }
  }
  return windows;
}

/**
 * Whether another version of one of these rows, which have just been written, lies in another day. The writer lets
 * no two of its transactions hold spans of one trace, so none can slip in between.
 */
export async function hasVersionInOtherDay(
  tx: Sql,
  rows: readonly StoredSpan[],
  traceIds: readonly string[],
): Promise<boolean> {
  const open = await findOpenSpans(tx, traceIds);
  if (open.length > 0) {
    const keys = new Set(open.map(keyOfOpen));
    if (rows.some((row) => keys.has(`${row.projectId}${row.span.traceId}${row.span.spanId}`))) return true;
  }
  const windows = windowsBeyondDay(rows);
  if (windows.length === 0) return false;
  const found = await tx`
    with k as materialized (
      select * from unnest(
        ${windows.map(({ row }) => row.projectId)}::uuid[], ${windows.map(({ row }) => row.span.traceId)}::uuid[],
        ${windows.map(({ row }) => row.span.spanId)}::text[],
        ${windows.map(({ earliestUs }) => timeOf(earliestUs, "-infinity"))}::text[]::timestamptz[],
        ${windows.map(({ latestUs }) => timeOf(latestUs, "infinity"))}::text[]::timestamptz[],
        ${windows.map(({ row }) => timeOf(dayOf(row.span.startTimeUs) * dayUs, ""))}::text[]::timestamptz[]
      ) as k (project_id, trace_id, span_id, earliest, latest, day))
    select 1 from k join spans s on s.trace_id = k.trace_id and s.span_id = decode(k.span_id, 'hex') and s.project_id = k.project_id
        and s.start_time >= k.earliest and s.start_time < k.latest
    where s.start_time < k.day or s.start_time >= k.day + interval '1 day'
    limit 1`;
  return found.length > 0;
}

/** A time as PostgreSQL reads it. */
export function timeOf(microseconds: number | null, unbounded: string): string {
  return microseconds === null ? unbounded : new Date(Math.floor(microseconds / 1000)).toISOString();
}

export function keyOfOpen({ projectId, traceId, spanId }: OpenSpan): string {
  return `${projectId}${traceId}${spanId}`;
}
