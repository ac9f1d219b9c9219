import type { Sql } from "#lib/db/postgres.ts";
import type { Score } from "../score.ts";

export type ScoreRow = {
  id: string;
  name: string;
  data_type: "numeric" | "boolean" | "categorical";
  numeric_value: number | null;
  label_value: string | null;
  trace_id: string | null;
  span_id: string | null;
  session_id: string | null;
  source: Score["source"];
  comment: string | null;
  author: string | null;
  created_at: Date;
  updated_at: Date;
};

/** The select list of a `ScoreRow`, from `scores c`. */
export function selectScore(db: Sql) {
  return db`c.id, c.name, c.data_type, c.numeric_value, c.label_value,
    replace(c.trace_id::text, '-', '') as trace_id, encode(c.span_id, 'hex') as span_id, c.session_id, c.source,
    c.comment, c.author, c.created_at, c.updated_at`;
}

export function toScore(row: ScoreRow): Score {
  return {
    id: row.id,
    name: row.name,
    value:
      row.data_type === "boolean" ? row.numeric_value === 1 : (row.numeric_value ?? row.label_value ?? ""),
    traceId: row.trace_id,
    spanId: row.span_id,
    sessionId: row.session_id,
    source: row.source,
    comment: row.comment,
    author: row.author,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
