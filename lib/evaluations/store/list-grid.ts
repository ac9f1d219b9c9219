import type { Json } from "#lib/core/json.ts";
import { sql } from "#lib/db/postgres.ts";
import type { GridFilter, GridResult, GridRow } from "../schema.ts";

export type GridCursor = { position: number; itemId: string };
type ItemRow = { itemId: string; itemKey: string; input: Json; expected: Json | null; position: number };

/**
 * Items of the version with every candidate's answers, in the items' order. `different`: the answers are not all
 * the same text. `failures`: a call failed, or one of `scoreNames` is below 1. `regressions`: on one
 * of them some candidate's mean is below the baseline's.
 */
export async function listGridRows(
  evaluation: { projectId: string; evaluationId: string; datasetId: string; versionNumber: number },
  filter: { kind: GridFilter; baselineId: string; scoreNames: readonly string[] },
  page: { after: GridCursor | null; limit: number },
): Promise<(GridRow & { position: number })[]> {
  const { projectId, evaluationId, datasetId, versionNumber } = evaluation;
  const db = sql();
  const names = [...filter.scoreNames];
  const conditions: Record<GridFilter, ReturnType<typeof db>> = {
    all: db``,
    different: db`and item.id in (
      select item_id from evaluation_result
      where project_id = ${projectId} and evaluation_id = ${evaluationId}
      group by item_id having count(distinct coalesce(trim(output), '')) > 1)`,
    failures: db`and item.id in (
      select item_id from evaluation_result
      where project_id = ${projectId} and evaluation_id = ${evaluationId} and status = 'error'
      union
      select item_id from evaluation_score
      where project_id = ${projectId} and evaluation_id = ${evaluationId} and value < 1 and name = any(${names}))`,
    regressions: db`and item.id in (
      select own.item_id from (
        select candidate_id, item_id, name, avg(value) as mean from evaluation_score
        where project_id = ${projectId} and evaluation_id = ${evaluationId} and name = any(${names})
        group by candidate_id, item_id, name) as own
      join (
        select item_id, name, avg(value) as mean from evaluation_score
        where project_id = ${projectId} and evaluation_id = ${evaluationId} and candidate_id = ${filter.baselineId}
          and name = any(${names})
        group by item_id, name) as base using (item_id, name)
      where own.mean < base.mean)`,
  };
  const items = await db<ItemRow[]>`
    select item.id as "itemId", item.key as "itemKey", item.input, item.expected, item.position
    from dataset_item as item
    where item.dataset_id = ${datasetId} and item.added_in <= ${versionNumber}
      and (item.removed_in is null or item.removed_in > ${versionNumber})
      ${conditions[filter.kind]}
      ${page.after ? db`and (item.position, item.id) > (${page.after.position}::int, ${page.after.itemId}::uuid)` : db``}
    order by item.position, item.id
    limit ${page.limit}`;
  const resultsOf = await resultsByItem(
    { projectId, evaluationId },
    items.map((item) => item.itemId),
  );
  return items.map((item) => ({ ...item, results: resultsOf.get(item.itemId) ?? {} }));
}

async function resultsByItem(
  evaluation: { projectId: string; evaluationId: string },
  itemIds: string[],
): Promise<Map<string, Record<string, GridResult[]>>> {
  const { projectId, evaluationId } = evaluation;
  const rows = await sql()<(GridResult & { itemId: string; candidateId: string })[]>`
    select item_id as "itemId", candidate_id as "candidateId", repeat, status, left(output, 4000) as output,
      error_message as "errorMessage", latency_ms as "latencyMs", cost_usd as "costUsd", trace_id as "traceId",
      coalesce((select jsonb_agg(jsonb_build_object('name', name, 'value', value, 'reason', reason) order by name)
        from evaluation_score as score
        where score.project_id = result.project_id and score.evaluation_id = result.evaluation_id
          and score.candidate_id = result.candidate_id and score.item_id = result.item_id
          and score.repeat = result.repeat), '[]') as scores
    from evaluation_result as result
    where project_id = ${projectId} and evaluation_id = ${evaluationId} and item_id = any(${itemIds}::uuid[])
    order by repeat`;
  const byItem = new Map<string, Record<string, GridResult[]>>();
  for (const { itemId, candidateId, ...result } of rows) {
    const results = byItem.get(itemId) ?? {};
    results[candidateId] = [...(results[candidateId] ?? []), result];
    byItem.set(itemId, results);
  }
  return byItem;
}
