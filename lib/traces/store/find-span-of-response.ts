import type { Context } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";

/**
 * The newest span of the last day that has this `gen_ai.response.id`, for an evaluation that carries no ids; null
 * if none. There is no index on it: it would cost every span for what few emitters need.
 */
export async function findSpanOfResponse(
  ctx: Context,
  responseId: string,
): Promise<{ traceId: string; spanId: string } | null> {
  const [row] = await sql()<{ trace_id: string; span_id: string }[]>`
    select replace(trace_id::text, '-', '') as trace_id, encode(span_id, 'hex') as span_id
    from spans
    where project_id = ${ctx.projectId} and response_id = ${responseId.replaceAll("\0", "")}
      and start_time > now() - interval '1 day'
    order by is_model_call desc, start_time desc
    limit 1`;
  return row ? { traceId: row.trace_id, spanId: row.span_id } : null;
}
