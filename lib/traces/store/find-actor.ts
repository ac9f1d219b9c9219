import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { sql } from "#lib/db/postgres.ts";

/** What all traces of one session or one user add up to. */
export type ActorTotals = {
  traceCount: number;
  errorCount: number;
  sessionCount: number;
  firstAt: string;
  lastAt: string;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
};

type Row = {
  trace_count: number;
  error_count: number;
  session_count: number;
  first_at: Date | null;
  last_at: Date | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
};

/**
 * Over every trace that a span of theirs is in, for some emitters say user and session on the root span alone. Needs
 * `read`. Throws `not_found`.
 */
export async function findActor(
  ctx: Context,
  actor: { sessionId: string } | { userId: string },
): Promise<ActorTotals> {
  requireScope(ctx, "read");
  const db = sql();
  const [column, id] = "sessionId" in actor ? ["session_id", actor.sessionId] : ["user_id", actor.userId];
  const [row] = await db<Row[]>`
    select count(distinct trace_id) as trace_count, min(start_time) as first_at, max(start_time) as last_at,
      count(distinct trace_id) filter (where status = 'error') as error_count,
      count(distinct session_id) as session_count,
      sum(input_tokens) filter (where is_model_call) as input_tokens,
      sum(output_tokens) filter (where is_model_call) as output_tokens,
      sum(cost_usd) filter (where is_model_call) as cost_usd
    from spans
    where project_id = ${ctx.projectId} and trace_id in (
      select trace_id from spans where project_id = ${ctx.projectId} and ${db(column)} = ${id.replaceAll("\0", "")})`;
  if (!row?.first_at || !row.last_at) {
    throw new AppError(
      "not_found",
      `Nothing of this ${"sessionId" in actor ? "session" : "user"} is in this project.`,
    );
  }
  return {
    traceCount: row.trace_count,
    errorCount: row.error_count,
    sessionCount: row.session_count,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsd: row.cost_usd,
  };
}
