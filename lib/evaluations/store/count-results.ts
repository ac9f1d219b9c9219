import { sql } from "#lib/db/postgres.ts";

export type CandidateCount = { evaluationId: string; candidateId: string; done: number; errors: number };

/** How many results each candidate of these evaluations has. */
export async function countResults(
  projectId: string,
  evaluationIds: readonly string[],
): Promise<CandidateCount[]> {
  if (evaluationIds.length === 0) return [];
  return sql()<CandidateCount[]>`
    select evaluation_id as "evaluationId", candidate_id as "candidateId", count(*)::int as done,
      (count(*) filter (where status = 'error'))::int as errors
    from evaluation_result
    where project_id = ${projectId} and evaluation_id = any(${[...evaluationIds]}::uuid[])
    group by evaluation_id, candidate_id`;
}
