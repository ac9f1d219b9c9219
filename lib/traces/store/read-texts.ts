import { type Context, requireScope } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import { contentOfRaw } from "../conventions/span-of-raw.ts";
import { parseRaw } from "../pack-raw.ts";
import type { Operation, SpanContent } from "../span.ts";
import { textsOf } from "../texts.ts";

export type TraceTexts = {
  traceId: string;
  /** The span they are of: the first model call, or where there is none, the root. */
  spanId: string;
  content: SpanContent;
  input: string | null;
  output: string | null;
};

type Row = {
  trace_id: string;
  span_id: string;
  name: string;
  operation: Operation;
  raw: Buffer;
  content: string | null;
};

/** What was asked and answered in each of these traces, whole. Those that are gone are left out. Needs `read`. */
export async function readTexts(ctx: Context, traceIds: readonly string[]): Promise<Map<string, TraceTexts>> {
  requireScope(ctx, "read");
  if (traceIds.length === 0) return new Map();
  const rows = await sql()<Row[]>`
    with chosen as materialized (
      select distinct on (trace_id) trace_id, span_id, start_time, name, operation
      from spans
      where trace_id = any(${traceIds as string[]}::uuid[]) and project_id = ${ctx.projectId}
      order by trace_id, not is_model_call, parent_span_id is not null, start_time)
    select replace(c.trace_id::text, '-', '') as trace_id, encode(c.span_id, 'hex') as span_id, c.name, c.operation,
      p.raw, p.content
    from chosen c join span_payloads p on p.trace_id = c.trace_id and p.span_id = c.span_id
      and p.project_id = ${ctx.projectId} and p.start_time = c.start_time`;
  return new Map(
    rows.map((row) => {
      const content = row.content
        ? (JSON.parse(row.content) as SpanContent)
        : contentOfRaw({ name: row.name, operation: row.operation, raw: parseRaw(row.raw) });
      const { input, output } = textsOf(content);
      return [row.trace_id, { traceId: row.trace_id, spanId: row.span_id, content, input, output }];
    }),
  );
}
