import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import { findDatasetVersion } from "#lib/datasets/queries.ts";
import { findEvaluation } from "./queries.ts";
import type { EvaluationResult } from "./schema.ts";
import { listResultRows, type ResultCursor, type ResultFilter } from "./store/list-results.ts";

/** Results in the items' order, `limit` at a time (100 unless told). Throws `not_found`. */
export async function listResults(
  ctx: Context,
  id: string,
  filter: ResultFilter,
  page: { cursor?: string | null; limit?: number } = {},
): Promise<{ data: EvaluationResult[]; nextCursor: string | null }> {
  const evaluation = await findEvaluation(ctx, id);
  const { datasetId } = await findDatasetVersion(ctx, evaluation.datasetVersionId);
  const limit = page.limit ?? 100;
  const rows = await listResultRows({ projectId: ctx.projectId, evaluationId: id, datasetId }, filter, {
    after: page.cursor ? parseCursor(page.cursor) : null,
    limit: limit + 1,
  });
  const last = rows[limit - 1];
  const data = rows.slice(0, limit).map(({ position: _, ...result }) => result);
  const nextCursor =
    rows.length > limit && last ? `${last.position}.${last.itemId}.${last.candidateId}.${last.repeat}` : null;
  return { data, nextCursor };
}

function parseCursor(cursor: string): ResultCursor {
  const [position = "", itemId = "", candidateId = "", repeat = ""] = cursor.split(".");
  if (!/^\d{1,9}$/.test(position) || !isId(itemId) || !isId(candidateId) || !/^\d{1,4}$/.test(repeat))
    throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  return { position: Number(position), itemId, candidateId, repeat: Number(repeat) };
}
