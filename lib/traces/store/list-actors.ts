import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { sql } from "#lib/db/postgres.ts";
import { isIsoText, isoText } from "./iso-text.ts";

/** A session or a user, and what their traces add up to. */
export type ActorSummary = {
  id: string;
  traceCount: number;
  firstAt: string;
  lastAt: string;
  errorCount: number;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  /** Of a session. */
  userId: string | null;
};

export type ActorPage = { from?: string; limit?: number; cursor?: string | null };

/** Sessions with spans since `from` (the last 30 days unless told), the last active first. Needs `read`. */
export function listSessions(ctx: Context, page: ActorPage = {}) {
  return listActors(ctx, "session_id", page);
}

/** Users, likewise. */
export function listUsers(ctx: Context, page: ActorPage = {}) {
  return listActors(ctx, "user_id", page);
}

const defaultWindowMs = 30 * 86_400_000;

type Row = {
  id: string;
  trace_count: number;
  first_at: Date;
  last_at: Date;
  last_text: string;
  error_count: number;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  user_id: string | null;
};

async function listActors(
  ctx: Context,
  column: "session_id" | "user_id",
  { from, limit = 50, cursor = null }: ActorPage,
): Promise<{ data: ActorSummary[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const db = sql();
  const since = from ?? new Date(Date.now() - defaultWindowMs).toISOString();
  const after = cursor === null ? null : decodeCursor(cursor);
  const rows = await db<Row[]>`
    select * from (
      select ${db(column)} as id, count(distinct trace_id) as trace_count, min(start_time) as first_at,
        max(start_time) as last_at, ${isoText(db, "max(start_time)")} as last_text,
        count(distinct trace_id) filter (where status = 'error') as error_count,
        sum(input_tokens) filter (where is_model_call) as input_tokens,
        sum(output_tokens) filter (where is_model_call) as output_tokens,
        sum(cost_usd) filter (where is_model_call) as cost_usd, max(user_id) as user_id
      from spans
      where project_id = ${ctx.projectId} and ${db(column)} is not null and start_time >= ${since}::text::timestamptz
      group by 1) a
    where ${after ? db`(a.last_at, a.id) < (${after.last}::text::timestamptz, ${after.id})` : db`true`}
    order by a.last_at desc, a.id desc
    limit ${limit + 1}`;
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    data: rows.slice(0, limit).map((row) => ({
      id: row.id,
      traceCount: row.trace_count,
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      errorCount: row.error_count,
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      costUsd: row.cost_usd,
      userId: row.user_id,
    })),
    nextCursor: last ? Buffer.from(JSON.stringify([last.last_text, last.id])).toString("base64url") : null,
  };
}

function decodeCursor(cursor: string): { last: string; id: string } {
  try {
    const [last, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [string, string];
    if (isIsoText(last) && typeof id === "string") return { last, id: id.replaceAll("\0", "") };
  } catch {
    // Not one of ours: refused below.
  }
  throw new AppError("invalid_input", "The cursor is none that this list gave.", {
    issues: [{ path: "cursor", message: "must be a nextCursor of this list" }],
  });
}
