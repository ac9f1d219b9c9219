import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { findDatasetVersion } from "#lib/datasets/queries.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findModelVersion } from "#lib/models/queries.ts";
import { findVersionById } from "#lib/prompts/find-version.ts";
import { enqueueEvaluation } from "./enqueue-evaluation.ts";
import type { EvaluatorConfig } from "./evaluators/config.ts";
import { schemaProblem } from "./evaluators/json-schema.ts";
import { findEvaluation } from "./queries.ts";
import { callLimit, type Evaluation, type StartEvaluationInput, startEvaluationInput } from "./schema.ts";

/**
 * Queues an evaluation; a worker runs it. Needs `evaluations:write`. Throws `not_found` for a version that is not
 * the project's, `invalid_input` for an empty dataset, over a million calls, or an evaluator that cannot work.
 */
export async function startEvaluation(ctx: Context, input: StartEvaluationInput): Promise<Evaluation> {
  requireScope(ctx, "evaluations:write");
  const { candidates, evaluators, ...settings } = startEvaluationInput.parse(input);
  const datasetVersion = await findDatasetVersion(ctx, settings.datasetVersionId);
  const calls = datasetVersion.itemCount * candidates.length * settings.repeats;
  if (calls === 0) throw new AppError("invalid_input", "This dataset version has no items.");
  if (calls > callLimit)
    throw new AppError("invalid_input", `This would make ${calls} calls; the limit is ${callLimit}.`);
  await Promise.all(
    [...new Set(candidates.map((candidate) => candidate.promptVersionId))].map((id) =>
      findVersionById(ctx, id),
    ),
  );
  const judges = evaluators.flatMap((config) => (config.type === "llm_judge" ? [config.modelVersionId] : []));
  const modelIds = new Set([...candidates.map((candidate) => candidate.modelVersionId), ...judges]);
  await Promise.all([...modelIds].map((id) => findModelVersion(ctx, id)));
  evaluators.forEach(checkSchema);

  const id = newId();
  const baseline = Math.max(
    0,
    candidates.findIndex((candidate) => candidate.isBaseline),
  );
  await prisma().evaluation.create({
    data: {
      id,
      projectId: ctx.projectId,
      ...settings,
      status: "queued",
      evaluators: evaluators as Prisma.InputJsonValue,
      itemCount: datasetVersion.itemCount,
      createdBy: ctx.actor.name,
      createdAt: now(),
      candidates: {
        create: candidates.map((candidate, position) => ({
          ...candidate,
          id: newId(),
          projectId: ctx.projectId,
          position,
          isBaseline: position === baseline,
        })),
      },
    },
  });
  await enqueueEvaluation(ctx.projectId, id);
  return findEvaluation(ctx, id);
}

function checkSchema(config: EvaluatorConfig, index: number): void {
  const problem = config.type === "json_schema" ? schemaProblem(config.schema) : null;
  if (problem === null) return;
  throw new AppError("invalid_input", `The schema of "${config.name}" cannot be used: ${problem}.`, {
    issues: [{ path: `evaluators.${index}.schema`, message: problem }],
  });
}
