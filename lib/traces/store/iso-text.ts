import type { Sql } from "#lib/db/postgres.ts";

/** A timestamptz as ISO 8601 in UTC with microseconds, which a Date would lose: sorts as text, and reads back. */
export function isoText(
  db: Sql,
  expression: "s.start_time" | "min(s.start_time)" | "max(start_time)" | "c.created_at",
) {
  return db`to_char(${db.unsafe(expression)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Whether the text can be one: what comes back in a cursor is not trusted. */
export function isIsoText(text: unknown): text is string {
  return typeof text === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text);
}
