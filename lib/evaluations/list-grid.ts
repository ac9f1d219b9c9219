import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import { findDatasetVersion } from "#lib/datasets/queries.ts";
import { isCorrectness, metricOf } from "./metrics.ts";
import { findEvaluation } from "./queries.ts";
import type { GridFilter, GridRow } from "./schema.ts";
import { type GridCursor, listGridRows } from "./store/list-grid.ts";

/**
 * Items with every candidate's answers, 50 at a time. `different`: not all candidates answered the same text.
 * `failures`: a call failed or a pass-or-fail score is 0. `regressions`: some candidate did worse than the baseline
 * on that item by some score of correctness.
 */
export async function listGrid(
  ctx: Context,
  id: string,
  input: { kind: GridFilter; baselineId: string; cursor?: string | null; limit?: number },
): Promise<{ data: GridRow[]; nextCursor: string | null }> {
  const evaluation = await findEvaluation(ctx, id);
  const version = await findDatasetVersion(ctx, evaluation.datasetVersionId);
  const limit = input.limit ?? 50;
  const judged = evaluation.evaluators.filter(isCorrectness);
  const binary = judged.filter((config) => metricOf(config).scale === "binary");
  const scoreNames = (input.kind === "failures" ? binary : judged).map((config) => config.name);
  const rows = await listGridRows(
    {
      projectId: ctx.projectId,
      evaluationId: id,
      datasetId: version.datasetId,
      versionNumber: version.number,
    },
    { kind: input.kind, baselineId: input.baselineId, scoreNames },
    { after: input.cursor ? parseCursor(input.cursor) : null, limit: limit + 1 },
  );
  const last = rows[limit - 1];
  return {
    data: rows.slice(0, limit).map(({ position: _, ...row }) => row),
    nextCursor: rows.length > limit && last ? `${last.position}.${last.itemId}` : null,
  };
}

function parseCursor(cursor: string): GridCursor {
  const [position = "", itemId = ""] = cursor.split(".");
  if (!/^\d{1,9}$/.test(position) || !isId(itemId))
    throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  return { position: Number(position), itemId };
}
