import { sql } from "#lib/db/postgres.ts";

export type ResultRow = {
  candidateId: string;
  itemId: string;
  repeat: number;
  status: "ok" | "error";
  output: string | null;
  finishReason: string | null;
  errorType: string | null;
  errorMessage: string | null;
  attempts: number;
  latencyMs: number | null;
  timeToFirstTokenMs: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  traceId: string;
  spanId: string;
  scores: { name: string; value: number | null; reason: string | null }[];
};

/**
 * Stores results with their scores, in one statement: a result that is there already stays as it is, and its scores
 * too. Returns how many were new.
 */
export async function writeResults(
  evaluation: { projectId: string; evaluationId: string },
  rows: readonly ResultRow[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const { projectId, evaluationId } = evaluation;
  const [written] = await sql()<{ count: number }[]>`
    with sent as (
      select * from jsonb_to_recordset(${toJsonb(rows)}::text::jsonb) as row("candidateId" uuid, "itemId" uuid,
        repeat int, status text, output text, "finishReason" text, "errorType" text, "errorMessage" text,
        attempts int, "latencyMs" float8, "timeToFirstTokenMs" float8, "inputTokens" int, "outputTokens" int,
        "costUsd" float8, "traceId" text, "spanId" text, scores jsonb)
    ), written as (
      insert into evaluation_result (project_id, evaluation_id, candidate_id, item_id, repeat, status, output,
        finish_reason, error_type, error_message, attempts, latency_ms, time_to_first_token_ms, input_tokens,
        output_tokens, cost_usd, trace_id, span_id)
      select ${projectId}::uuid, ${evaluationId}::uuid, "candidateId", "itemId", repeat, status, output,
        "finishReason", "errorType", "errorMessage", attempts, "latencyMs", "timeToFirstTokenMs", "inputTokens",
        "outputTokens", "costUsd", "traceId", "spanId"
      from sent
      on conflict do nothing
      returning candidate_id, item_id, repeat
    ), scored as (
      insert into evaluation_score (project_id, evaluation_id, candidate_id, item_id, repeat, name, value, reason)
      select ${projectId}::uuid, ${evaluationId}::uuid, written.candidate_id, written.item_id, written.repeat,
        score.name, score.value, score.reason
      from written
      join sent on sent."candidateId" = written.candidate_id and sent."itemId" = written.item_id
        and sent.repeat = written.repeat
      cross join jsonb_to_recordset(sent.scores) as score(name text, value float8, reason text)
    )
    select count(*)::int as count from written`;
  return written!.count;
}

/** PostgreSQL's JSON has no U+0000 and no half surrogate pairs; models have been seen to say both. */
function toJsonb(rows: readonly ResultRow[]): string {
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "string" ? value.toWellFormed().replaceAll("\u0000", "\uFFFD") : value,
  );
}
