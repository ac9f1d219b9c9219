import type { Sql } from "#lib/db/postgres.ts";
import type { SpanChange } from "./mark-pending.ts";
import { dayOf } from "./partitions.ts";

/** Traces a row: a reader that needs only the newest reads few. */
const tracesPerRow = 1000;

type Mark = { projectId: string; firstUs: number; lastUs: number; traceIds: Set<string> };

/** Names the traces of these spans as changed since they were packed, in the transaction that changes them. */
export async function markTraces(tx: Sql, { written, replaced }: SpanChange): Promise<void> {
  const marks = new Map<string, Mark>();
  for (const rows of [written, replaced]) {
    for (const { projectId, span } of rows) {
      const key = `${projectId}${dayOf(span.startTimeUs)}`;
      let mark = marks.get(key);
      if (!mark) {
        mark = { projectId, firstUs: span.startTimeUs, lastUs: span.startTimeUs, traceIds: new Set() };
        marks.set(key, mark);
      }
      if (span.startTimeUs < mark.firstUs) mark.firstUs = span.startTimeUs;
      if (span.startTimeUs > mark.lastUs) mark.lastUs = span.startTimeUs;
      mark.traceIds.add(span.traceId);
    }
  }
  const rows = [...marks.values()].flatMap((mark) =>
    chunksOf([...mark.traceIds]).map((traceIds) => ({ ...mark, traceIds })),
  );
  if (rows.length === 0) return;
  await tx`
    insert into pending_traces (project_id, first_start, last_start, trace_ids)
    select k.project_id, to_timestamp(k.first_us / 1e6), to_timestamp(k.last_us / 1e6) + interval '1 microsecond',
      decode(k.trace_ids, 'hex')
    from unnest(${rows.map((row) => row.projectId)}::uuid[], ${rows.map((row) => row.firstUs)}::float8[],
      ${rows.map((row) => row.lastUs)}::float8[], ${rows.map((row) => row.traceIds.join(""))}::text[])
      as k (project_id, first_us, last_us, trace_ids)`;
}

/** The same for traces that are deleted whole. */
export async function markDeletedTraces(
  tx: Sql,
  projectId: string,
  traceIds: readonly string[],
): Promise<void> {
  for (const chunk of chunksOf(traceIds.map((id) => id.replaceAll("-", "")))) {
    await tx`insert into pending_traces (project_id, trace_ids)
      values (${projectId}, decode(${chunk.join("")}, 'hex'))`;
  }
}

function chunksOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / tracesPerRow) }, (_, i) =>
    ids.slice(i * tracesPerRow, (i + 1) * tracesPerRow),
  );
}
