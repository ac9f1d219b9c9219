import { sql } from "#lib/db/postgres.ts";
import type { EvaluationResult } from "../schema.ts";

export type ResultFilter = {
  candidateId?: string;
  status?: "ok" | "error";
  /** With `minimum` and `maximum`: only results whose score of this name lies between them, ends included. */
  score?: string;
  minimum?: number;
  maximum?: number;
};
export type ResultCursor = { position: number; itemId: string; candidateId: string; repeat: number };

/** Results in the items' order, then by candidate and repeat, those after the cursor. */
export async function listResultRows(
  evaluation: { projectId: string; evaluationId: string; datasetId: string },
  filter: ResultFilter,
  page: { after: ResultCursor | null; limit: number },
): Promise<(EvaluationResult & { position: number })[]> {
  const { projectId, evaluationId, datasetId } = evaluation;
  const { after } = page;
  const db = sql();
  return db<(EvaluationResult & { position: number })[]>`
    select result.candidate_id as "candidateId", result.item_id as "itemId", item.key as "itemKey", item.position,
      item.input, item.expected, result.repeat, result.status, result.output,
      result.finish_reason as "finishReason", result.error_type as "errorType",
      result.error_message as "errorMessage", result.attempts, result.latency_ms as "latencyMs",
      result.time_to_first_token_ms as "timeToFirstTokenMs", result.input_tokens as "inputTokens",
      result.output_tokens as "outputTokens", result.cost_usd as "costUsd", result.trace_id as "traceId",
      result.span_id as "spanId",
      coalesce((select jsonb_agg(jsonb_build_object('name', name, 'value', value, 'reason', reason) order by name)
        from evaluation_score as score
        where score.project_id = result.project_id and score.evaluation_id = result.evaluation_id
          and score.candidate_id = result.candidate_id and score.item_id = result.item_id
          and score.repeat = result.repeat), '[]') as scores
    from evaluation_result as result
    join dataset_item as item on item.id = result.item_id and item.dataset_id = ${datasetId}
    where result.project_id = ${projectId} and result.evaluation_id = ${evaluationId}
      ${filter.candidateId ? db`and result.candidate_id = ${filter.candidateId}` : db``}
      ${filter.status ? db`and result.status = ${filter.status}` : db``}
      ${
        filter.score
          ? db`and exists (select from evaluation_score as score
              where score.project_id = result.project_id and score.evaluation_id = result.evaluation_id
                and score.candidate_id = result.candidate_id and score.item_id = result.item_id
                and score.repeat = result.repeat and score.name = ${filter.score}
                and score.value between ${filter.minimum ?? "-Infinity"}::float8 and ${filter.maximum ?? "Infinity"}::float8)`
          : db``
      }
      ${
        after
          ? db`and (item.position, result.item_id, result.candidate_id, result.repeat)
              > (${after.position}::int, ${after.itemId}::uuid, ${after.candidateId}::uuid, ${after.repeat}::int)`
          : db``
      }
    order by item.position, result.item_id, result.candidate_id, result.repeat
    limit ${page.limit}`;
}
