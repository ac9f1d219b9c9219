import type { Sql } from "#lib/db/postgres.ts";
import { modelCallOperations } from "../span.ts";
import { isDistributed, lockSpans } from "./lock-rows.ts";
import { dayOf } from "./partitions.ts";
import { rewriteSpans } from "./rewrite-spans.ts";
import { type PayloadRow, type SpanRow, selectSpan, toStored } from "./span-rows.ts";
import type { StoredSpan } from "./stored-span.ts";

const dayMs = 86_400_000;

/**
 * Sees to it that of these rows' traces just the leaf model calls count: a call that is the parent of another does
 * not, whichever of them came first and in whatever batch. Called in the transaction that wrote the rows (and with those they replaced); it reads
 * the calls of their traces of the same days and those beside them, of which this transaction's own are still in
 * memory, and mostly finds nothing to change. The rule has no memory: a trace's calls alone tell which count.
 */
export async function settleLeafCalls(tx: Sql, rows: readonly StoredSpan[]): Promise<void> {
  const groups = groupByDays(rows);
  const isOnShards = groups.length > 0 && (await isDistributed(tx));
  for (const group of groups) {
    const wrong = await tx<{ project_id: string; trace_id: string; span_id: string; start_time: string }[]>`
      with calls as materialized (
        ${callsOf(tx, group, isOnShards)}
      ), named as (
        select project_id, trace_id, span_id, is_model_call, start_time, false as is_parent from calls
        union all
        select project_id, trace_id, parent_span_id, null, null, true from calls
        where parent_span_id is not null and parent_span_id <> span_id
      )
      select project_id, trace_id::text, encode(span_id, 'hex') as span_id, min(start_time)::text as start_time
      from named group by project_id, trace_id, span_id
      having bool_or(is_model_call) = bool_or(is_parent)`;
    if (wrong.length > 0) await flip(tx, wrong);
  }
}

/**
 * The calls of a group's traces, each trace looked up by itself: a plan kept from when a partition was empty would
 * otherwise go through all that started in these days (5 ms a span where this takes 0.02). Citus takes no lateral
 * subquery; there the same is asked at once.
 */
function callsOf(tx: Sql, { firstDay, lastDay, traceIds }: Group, isOnShards: boolean) {
  const calls = (trace: ReturnType<Sql>) => tx`
    select project_id, trace_id, span_id, parent_span_id, is_model_call, start_time from spans
    where trace_id = ${trace} and operation = any(${modelCallOperations as string[]})
      and start_time >= ${isoOfDay(firstDay - 1)}::text::timestamptz
      and start_time < ${isoOfDay(lastDay + 2)}::text::timestamptz`;
  if (isOnShards) return calls(tx`any(${traceIds}::uuid[])`);
  return tx`select calls.* from unnest(${traceIds}::uuid[]) as k (id)
    cross join lateral (${calls(tx`k.id`)} offset 0) as calls`;
}

type SpanAt = { project_id: string; trace_id: string; span_id: string; start_time: string };

async function flip(tx: Sql, wrong: readonly SpanAt[]): Promise<void> {
  const found = await tx<(SpanRow & PayloadRow)[]>`
    with k as materialized (
      select * from unnest(${wrong.map((row) => row.project_id)}::uuid[], ${wrong.map((row) => row.trace_id)}::uuid[],
        ${wrong.map((row) => row.span_id)}::text[], ${wrong.map((row) => row.start_time)}::text[]::timestamptz[])
        as k (project_id, trace_id, span_id, start_time))
    select ${selectSpan(tx)}, p.raw, p.content
    from k join spans s on s.trace_id = k.trace_id and s.span_id = decode(k.span_id, 'hex')
        and s.project_id = k.project_id and s.start_time = k.start_time
      join span_payloads p on p.trace_id = s.trace_id and p.span_id = s.span_id and p.project_id = s.project_id
        and p.start_time = s.start_time
    ${lockSpans(tx, await isDistributed(tx))}`;
  const before = found.map(toStored);
  const after = before.map((row) => ({ ...row, isModelCall: !row.isModelCall }));
  await rewriteSpans(tx, before, after);
}

type Group = { firstDay: number; lastDay: number; traceIds: string[] };

/** The traces by days that touch: a span that says 1970 must not have every partition between searched. */
function groupByDays(rows: readonly StoredSpan[]): Group[] {
  const traceIdsOfDay = new Map<number, Set<string>>();
  for (const { span } of rows) {
    if (!modelCallOperations.includes(span.operation)) continue;
    const day = dayOf(span.startTimeUs);
    const traceIds = traceIdsOfDay.get(day) ?? new Set();
    traceIdsOfDay.set(day, traceIds.add(span.traceId));
  }
  const groups: Group[] = [];
  for (const day of [...traceIdsOfDay.keys()].sort((a, b) => a - b)) {
    const traceIds = [...traceIdsOfDay.get(day)!];
    const last = groups.at(-1);
    if (last && day - last.lastDay <= 1) {
      last.lastDay = day;
      last.traceIds.push(...traceIds);
    } else groups.push({ firstDay: day, lastDay: day, traceIds });
  }
  return groups;
}

/** The range ends where a Date ends. */
function isoOfDay(day: number): string {
  return new Date(Math.min(Math.max(day, 0) * dayMs, 8.64e15 - dayMs)).toISOString();
}
