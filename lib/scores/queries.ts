import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { sql } from "#lib/db/postgres.ts";
import { isIsoText, isoText } from "#lib/traces/store/iso-text.ts";
import { type ScoreRow, selectScore, toScore } from "#lib/traces/store/score-rows.ts";
import type { Score } from "./schema.ts";

export type ScoreFilter = {
  name?: string;
  traceId?: string;
  spanId?: string;
  sessionId?: string;
  source?: Score["source"];
  limit?: number;
  cursor?: string | null;
};

/** A page of scores, the newest first. Needs `read`. */
export async function listScores(
  ctx: Context,
  { name, traceId, spanId, sessionId, source, limit = 50, cursor = null }: ScoreFilter = {},
): Promise<{ data: Score[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const db = sql();
  const after = cursor === null ? null : decodeCursor(cursor);
  const rows = await db<(ScoreRow & { at_text: string })[]>`
    select ${selectScore(db)}, ${isoText(db, "c.created_at")} as at_text
    from scores c
    where c.project_id = ${ctx.projectId}
      ${name === undefined ? db`` : db`and c.name = ${storable(name)}`}
      ${traceId === undefined ? db`` : db`and c.trace_id = ${traceId}::text::uuid`}
      ${spanId === undefined ? db`` : db`and c.span_id = decode(${spanId}, 'hex')`}
      ${sessionId === undefined ? db`` : db`and c.session_id = ${storable(sessionId)}`}
      ${source === undefined ? db`` : db`and c.source = ${source}`}
      ${after ? db`and (c.created_at, c.id) < (${after.at}::text::timestamptz, ${after.id})` : db``}
    order by c.created_at desc, c.id desc
    limit ${limit + 1}`;
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    data: rows.slice(0, limit).map(toScore),
    nextCursor: last ? Buffer.from(JSON.stringify([last.at_text, last.id])).toString("base64url") : null,
  };
}

/** Throws `not_found`. Needs `scores:write`. */
export async function deleteScore(ctx: Context, id: string): Promise<void> {
  requireScope(ctx, "scores:write");
  const result = await sql()`delete from scores where project_id = ${ctx.projectId} and id = ${storable(id)}`;
  if (result.count === 0) throw new AppError("not_found", "There is no such score in this project.");
}

/** The names of scores in use in the last 30 days, for suggestions. Needs `read`. */
export async function listScoreNames(ctx: Context): Promise<string[]> {
  requireScope(ctx, "read");
  const rows = await sql()<{ name: string }[]>`
    select name from scores where project_id = ${ctx.projectId} and created_at > now() - interval '30 days'
    group by name order by count(*) desc limit 200`;
  return rows.map((row) => row.name);
}

function decodeCursor(cursor: string): { at: string; id: string } {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [string, string];
    if (isIsoText(at) && typeof id === "string") return { at, id: storable(id) };
  } catch {
    // Not one of ours: refused below.
  }
  throw new AppError("invalid_input", "The cursor is none that this list gave.", {
    issues: [{ path: "cursor", message: "must be a nextCursor of this list" }],
  });
}

function storable(text: string): string {
  return text.replaceAll("\0", "");
}
