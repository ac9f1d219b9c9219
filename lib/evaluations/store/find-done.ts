import { sql } from "#lib/db/postgres.ts";

/** The results that are stored for these items, as `resultKey`s. */
export async function findDone(
  evaluation: { projectId: string; evaluationId: string },
  itemIds: readonly string[],
): Promise<Set<string>> {
  const rows = await sql()<{ candidateId: string; itemId: string; repeat: number }[]>`
    select candidate_id as "candidateId", item_id as "itemId", repeat from evaluation_result
    where project_id = ${evaluation.projectId} and evaluation_id = ${evaluation.evaluationId}
      and item_id = any(${[...itemIds]}::uuid[])`;
  return new Set(rows.map((row) => resultKey(row.candidateId, row.itemId, row.repeat)));
}

export function resultKey(candidateId: string, itemId: string, repeat: number): string {
  return `${candidateId}/${itemId}/${repeat}`;
}
