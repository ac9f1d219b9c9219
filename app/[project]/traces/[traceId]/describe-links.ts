import type { SpanLinks } from "#components/traces/span-links.ts";
import { findAbTest } from "#lib/abtests/queries.ts";
import type { Context } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import { findDatasetVersion } from "#lib/datasets/queries.ts";
import { findEvaluation } from "#lib/evaluations/queries.ts";
import { findModelVersion } from "#lib/models/queries.ts";
import { findVersionById } from "#lib/prompts/find-version.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";

/** What a span's stored links lead to; what has been deleted since is null. */
export async function describeLinks(ctx: Context, span: SpanDetail): Promise<SpanLinks> {
  const promptVersionId = span.prompt?.versionId;
  const evaluationId = span.metadata.evaluationId;
  const [version, model, test, evaluation] = await Promise.all([
    promptVersionId ? orNull(findVersionById(ctx, promptVersionId)) : null,
    span.modelVersionId ? orNull(findModelVersion(ctx, span.modelVersionId)) : null,
    span.assignment && span.abTestId ? orNull(findAbTest(ctx, span.assignment.abTestKey)) : null,
    // Metadata is what a sender says: an id of another project or of nothing is simply not found.
    typeof evaluationId === "string" && isId(evaluationId)
      ? orNull(describeEvaluation(ctx, evaluationId))
      : null,
  ]);
  const variantIndex = test?.variants.findIndex((each) => each.key === span.assignment?.variantKey) ?? -1;
  return {
    promptVersion: version && { name: version.name, number: version.number },
    modelVersion: model && {
      modelName: model.model.name,
      number: model.number,
      isSimulated: model.connection.isSimulated,
    },
    abTest:
      test && variantIndex >= 0
        ? { key: test.key, name: test.name, variantKey: test.variants[variantIndex]!.key, variantIndex }
        : null,
    evaluation,
  };
}

async function describeEvaluation(ctx: Context, id: string): Promise<SpanLinks["evaluation"]> {
  const evaluation = await findEvaluation(ctx, id);
  const version = await findDatasetVersion(ctx, evaluation.datasetVersionId);
  return {
    id,
    name: evaluation.name,
    datasetId: version.datasetId,
    datasetName: version.datasetName,
    datasetNumber: version.number,
  };
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return null;
    throw error;
  }
}
