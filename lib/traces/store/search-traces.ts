import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { type TraceFilterDraft, type TraceSummary, traceFilter } from "../schema.ts";
import { spanConditions } from "./filter-sql.ts";
import { isIsoText, isoText } from "./iso-text.ts";
import { summarizeTraces } from "./summarize-traces.ts";

export type TraceSearch = {
  filter: TraceFilterDraft;
  sort?: "newest" | "oldest";
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
};

/**
 * A page of the traces that match, by the start of their first matching span. Pages follow each other by key, so a
 * deep page costs what the first does, and traces that arrive meanwhile move nothing. Needs `read`. Throws
 * `invalid_input` where the cursor is none.
 */
export async function searchTraces(
  ctx: Context,
  { filter, sort = "newest", limit = 50, cursor = null }: TraceSearch,
): Promise<{ data: TraceSummary[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const db = sql();
  const rows = await findMatches(db, ctx.projectId, traceFilter.parse(filter), sort, limit + 1, cursor);
  const page = rows.slice(0, limit);
  const summaries = await summarizeTraces(ctx, page);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { data: summaries, nextCursor: last ? encodeCursor(last) : null };
}

/** A matching trace: by its first matching span. */
export type TraceMatch = { trace_id: string; start_text: string };

async function findMatches(
  db: Sql,
  projectId: string,
  filter: ReturnType<typeof traceFilter.parse>,
  sort: "newest" | "oldest",
  limit: number,
  cursor: string | null,
): Promise<TraceMatch[]> {
  const after = cursor === null ? null : decodeCursor(cursor);
  const direction = db.unsafe(sort === "newest" ? "desc" : "asc");
  const comparison = db.unsafe(sort === "newest" ? "<" : ">");
  // A span stands for its trace if no earlier span of it matches. Two spans of one start are told apart by id.
  return db<TraceMatch[]>`
    select replace(s.trace_id::text, '-', '') as trace_id, ${isoText(db, "s.start_time")} as start_text
    from spans s
    where ${spanConditions(db, projectId, filter, "s")}
      and ${after ? db`(s.start_time, s.trace_id) ${comparison} (${after.start}::text::timestamptz, ${after.traceId}::text::uuid)` : db`true`}
      and not exists (
        select 1 from spans e
        where e.trace_id = s.trace_id and e.start_time >= s.start_time - interval '1 day'
          and (e.start_time, e.span_id) < (s.start_time, s.span_id)
          and ${spanConditions(db, projectId, filter, "e")})
    order by s.start_time ${direction}, s.trace_id ${direction}
    limit ${limit}`;
}

function encodeCursor({ start_text, trace_id }: TraceMatch): string {
  return Buffer.from(JSON.stringify([start_text, trace_id])).toString("base64url");
}

function decodeCursor(cursor: string): { start: string; traceId: string } {
  try {
    const [start, traceId] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [string, string];
    if (isIsoText(start) && /^[0-9a-f]{32}$/.test(traceId)) return { start, traceId };
  } catch {
    // Not one of ours: refused below.
  }
  throw new AppError("invalid_input", "The cursor is none that this list gave.", {
    issues: [{ path: "cursor", message: "must be a nextCursor of this list" }],
  });
}
