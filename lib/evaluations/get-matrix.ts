import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { compareToBaseline, estimateMean } from "./compare.ts";
import { metricsOf } from "./metrics.ts";
import { findEvaluation } from "./queries.ts";
import type { Cell, Matrix, PairedDifference } from "./schema.ts";
import { countResults } from "./store/count-results.ts";
import { readSums } from "./store/read-sums.ts";

/**
 * Candidates × metrics with intervals and paired differences to the baseline, out of the results stored so far: all
 * that the page shows and the API answers. `baselineId` is a candidate's id; the evaluation's own baseline unless
 * given. Throws `not_found`, `invalid_input` for a baseline that is no candidate.
 */
export async function getMatrix(
  ctx: Context,
  id: string,
  options: { baselineId?: string } = {},
): Promise<Matrix> {
  const evaluation = await findEvaluation(ctx, id);
  const { candidates } = evaluation;
  const baseline = options.baselineId
    ? candidates.find((candidate) => candidate.id === options.baselineId)
    : (candidates.find((candidate) => candidate.isBaseline) ?? candidates[0]);
  if (!baseline) throw new AppError("invalid_input", "The baseline is no candidate of this evaluation.");

  const key = { projectId: ctx.projectId, evaluationId: id };
  const [sums, counts] = await Promise.all([readSums(key, baseline.id), countResults(ctx.projectId, [id])]);
  const sumsOf = new Map(sums.map((row) => [`${row.candidateId}/${row.metricKey}`, row]));
  const metrics = metricsOf(evaluation.evaluators);
  const total = evaluation.itemCount * evaluation.repeats;
  const rows = candidates.map((candidate) => {
    const cells: Record<string, Cell> = {};
    const differences: Record<string, PairedDifference> = {};
    for (const metric of metrics) {
      const row = sumsOf.get(`${candidate.id}/${metric.key}`);
      cells[metric.key] = row
        ? estimateMean(metric.scale, row.own)
        : { status: "not_estimable", reason: "no_values", unscored: 0 };
      if (candidate.id === baseline.id) continue;
      differences[metric.key] = row
        ? compareToBaseline(metric, row.paired)
        : { status: "not_estimable", reason: "no_common_items" };
    }
    const count = counts.find((each) => each.candidateId === candidate.id);
    const progress = { done: count?.done ?? 0, errors: count?.errors ?? 0, total };
    return { candidate, progress, cells, differences };
  });
  return { evaluation, baselineId: baseline.id, metrics, rows };
}
