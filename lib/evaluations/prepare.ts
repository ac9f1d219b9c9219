import type { Context } from "#lib/core/context.ts";
import { systemContext } from "#lib/core/context.ts";
import { findDatasetVersion } from "#lib/datasets/queries.ts";
import type { DatasetVersion } from "#lib/datasets/schema.ts";
import { prisma } from "#lib/db/prisma.ts";
import { type OpenConnection, openConnection } from "#lib/models/open-connection.ts";
import { mergeParameters, type SamplingParameters, samplingParameters } from "#lib/models/parameters.ts";
import type { PriceRow } from "#lib/models/price-table.ts";
import { loadPriceOverrides } from "#lib/models/prices.ts";
import { findModelVersion } from "#lib/models/queries.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import { findVersionById } from "#lib/prompts/find-version.ts";
import type { PromptVersion } from "#lib/prompts/schema.ts";
import { type EvaluatorConfig, evaluatorConfig } from "./evaluators/config.ts";

export type OpenModel = { version: ModelVersion; connection: OpenConnection };

export type PreparedCandidate = {
  id: string;
  prompt: PromptVersion;
  model: OpenModel;
  /** The model version's defaults, then the prompt version's own, then the candidate's. */
  parameters: SamplingParameters;
};

/** All that running an evaluation needs, read once. */
export type PreparedEvaluation = {
  ctx: Context;
  id: string;
  name: string;
  datasetVersion: DatasetVersion;
  repeats: number;
  concurrency: number;
  evaluators: EvaluatorConfig[];
  candidates: PreparedCandidate[];
  /** By model version id. */
  judges: ReadonlyMap<string, OpenModel>;
  prices: PriceRow[];
};

/** Throws the AppError of what is missing: a connection archived, a key that cannot be opened. */
export async function prepareEvaluation(
  projectId: string,
  evaluationId: string,
): Promise<PreparedEvaluation> {
  const ctx = systemContext(projectId, "Evaluation worker");
  const row = await prisma().evaluation.findFirstOrThrow({
    where: { id: evaluationId, projectId },
    include: { candidates: { orderBy: { position: "asc" } } },
  });
  const evaluators = evaluatorConfig.array().parse(row.evaluators);
  const models = new Map<string, OpenModel>();
  const openModel = async (id: string): Promise<OpenModel> => {
    const known = models.get(id);
    if (known) return known;
    const version = await findModelVersion(ctx, id);
    const opened = { version, connection: await openConnection(ctx, version.connection.id) };
    models.set(id, opened);
    return opened;
  };

  const candidates: PreparedCandidate[] = [];
  for (const candidate of row.candidates) {
    const prompt = await findVersionById(ctx, candidate.promptVersionId);
    const model = await openModel(candidate.modelVersionId);
    const own = samplingParameters.parse(candidate.parameters);
    const parameters = mergeParameters(model.version.parameters, prompt.content.parameters, own);
    candidates.push({ id: candidate.id, prompt, model, parameters });
  }
  const judges = new Map<string, OpenModel>();
  for (const config of evaluators)
    if (config.type === "llm_judge")
      judges.set(config.modelVersionId, await openModel(config.modelVersionId));

  return {
    ctx,
    id: row.id,
    name: row.name,
    datasetVersion: await findDatasetVersion(ctx, row.datasetVersionId),
    repeats: row.repeats,
    concurrency: row.concurrency,
    evaluators,
    candidates,
    judges,
    prices: await loadPriceOverrides(projectId),
  };
}
