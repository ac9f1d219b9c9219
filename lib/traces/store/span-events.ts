import { newId } from "#lib/core/ids.ts";
import { type Sql, sql, writerSql } from "#lib/db/postgres.ts";
import { spanOfRaw } from "../conventions/span-of-raw.ts";
import { linkSpan } from "../link-span.ts";
import type { RawSpan } from "../span.ts";
import { announceSpans } from "./announce.ts";
import { loadLinks } from "./links.ts";
import { isDistributed, lockSpans, rewriting } from "./lock-rows.ts";
import { rewriteSpans } from "./rewrite-spans.ts";
import { settleLeafCalls } from "./settle-leaf-calls.ts";
import { type PayloadRow, type SpanRow, selectSpan, toStored } from "./span-rows.ts";
import type { StoredSpan } from "./stored-span.ts";

type SpanKey = { traceId: string; spanId: string };

export type SpanEvents = SpanKey & { events: RawSpan["events"] };

/**
 * Events that belong to a span but came apart from it (GenAI log records). They are stored as pending and joined
 * at once if the span is there; else when it comes. Each side looks for the other after its own commit, so
 * whichever commits last finds both. When it resolves the events are durable.
 */
export async function addSpanEvents(projectId: string, items: readonly SpanEvents[]): Promise<void> {
  if (items.length === 0) return;
  await sql()`
    insert into pending_logs (project_id, trace_id, span_id, id, events)
    select ${projectId}::uuid, k.trace_id, decode(k.span_id, 'hex'), k.id, k.events
    from unnest(${items.map((item) => item.traceId)}::uuid[], ${items.map((item) => item.spanId)}::text[],
      ${items.map(() => newId())}::uuid[], ${items.map((item) => JSON.stringify(item.events).replaceAll("\0", ""))}::text[])
      as k (trace_id, span_id, id, events)`;
  await joinPendingEvents(projectId, items);
}

/** The same for spans that have just been committed: one look for all of them, which mostly finds nothing. */
export async function joinPendingOf(rows: readonly StoredSpan[], traceIds: string[]): Promise<void> {
  const waiting = await writerSql()<{ project_id: string }[]>`
    select distinct project_id from pending_logs where trace_id = any(${traceIds}::uuid[])`;
  for (const { project_id: projectId } of waiting) {
    const keys = rows.filter((row) => row.projectId === projectId).map((row) => row.span);
    if (keys.length > 0) await joinPendingEvents(projectId, keys);
  }
}

/** Joins what is pending for these spans, where both are there. */
export async function joinPendingEvents(projectId: string, keys: readonly SpanKey[]): Promise<void> {
  if (keys.length === 0) return;
  const waiting = await sql()`
    select 1 from pending_logs where trace_id = any(${[...new Set(keys.map((key) => key.traceId))]}::uuid[])
      and project_id = ${projectId} limit 1`;
  if (waiting.length === 0) return;
  const changed = await rewriting((tx) => joinEvents(tx, projectId, keys));
  announceSpans(changed);
}

async function joinEvents(tx: Sql, projectId: string, keys: readonly SpanKey[]): Promise<StoredSpan[]> {
  const rows = await tx<(SpanRow & PayloadRow)[]>`
    with k as materialized (
      select trace_id, decode(span_id, 'hex') as span_id from unnest(
        ${keys.map((key) => key.traceId)}::uuid[], ${keys.map((key) => key.spanId)}::text[]) as k (trace_id, span_id)),
    waiting as materialized (
      select distinct l.trace_id, l.span_id from pending_logs l join k on k.trace_id = l.trace_id and k.span_id = l.span_id
      where l.project_id = ${projectId})
    select ${selectSpan(tx)}, p.raw, p.content
    from waiting w join spans s on s.trace_id = w.trace_id and s.span_id = w.span_id
      join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id
        and p.project_id = s.project_id and p.start_time = s.start_time
    where s.project_id = ${projectId}
    order by s.trace_id, s.span_id
    ${lockSpans(tx, await isDistributed(tx))}`;
  if (rows.length === 0) return [];
  const taken = await tx<{ trace_id: string; span_id: string; events: string }[]>`
    with k as materialized (
      select trace_id, decode(span_id, 'hex') as span_id from unnest(
        ${rows.map((row) => row.trace_id)}::uuid[], ${rows.map((row) => row.span_id)}::text[]) as k (trace_id, span_id))
    delete from pending_logs l using k
    where l.project_id = ${projectId} and l.trace_id = k.trace_id and l.span_id = k.span_id
    returning replace(l.trace_id::text, '-', '') as trace_id, encode(l.span_id, 'hex') as span_id, l.events`;
  const before = rows.map(toStored);
  const after = await Promise.all(
    before.map((row) => {
      const own = taken.filter(
        ({ trace_id, span_id }) => trace_id === row.span.traceId && span_id === row.span.spanId,
      );
      return withEvents(
        tx,
        row,
        own.flatMap(({ events }) => JSON.parse(events) as RawSpan["events"]),
      );
    }),
  );
  await rewriteSpans(tx, before, after);
  await settleLeafCalls(tx, [...before, ...after]);
  return after;
}

async function withEvents(tx: Sql, row: StoredSpan, events: RawSpan["events"]): Promise<StoredSpan> {
  const byText = new Map([...row.span.raw.events, ...events].map((event) => [JSON.stringify(event), event]));
  const raw: RawSpan = { ...row.span.raw, events: [...byText.values()].sort(byTime) };
  if (row.content !== null) return { ...row, span: { ...row.span, raw } };
  const span = spanOfRaw(row.span, raw);
  const links = await loadLinks(row.projectId, [span], tx);
  return linkSpan(row.projectId, { span, content: null }, links, row.receivedAtUs);
}

function byTime(a: RawSpan["events"][number], b: RawSpan["events"][number]): number {
  const [first, second] = [BigInt(a.timeUnixNano), BigInt(b.timeUnixNano)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Joins events that a crash between their commit and their join has left behind. */
export async function joinLeftEvents(): Promise<void> {
  const waiting = await sql()<{ project_id: string; trace_id: string; span_id: string }[]>`
    select distinct l.project_id, replace(l.trace_id::text, '-', '') as trace_id, encode(l.span_id, 'hex') as span_id
    from pending_logs l join spans s on s.trace_id = l.trace_id and s.span_id = l.span_id
      and s.project_id = l.project_id
    limit 1000`;
  for (const { project_id: projectId, trace_id: traceId, span_id: spanId } of waiting) {
    await joinPendingEvents(projectId, [{ traceId, spanId }]);
  }
}
