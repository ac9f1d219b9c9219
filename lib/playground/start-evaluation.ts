import { z } from "zod";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { evaluatorConfig } from "#lib/evaluations/evaluators/config.ts";
import type { Evaluation } from "#lib/evaluations/schema.ts";
import { startEvaluation } from "#lib/evaluations/start-evaluation.ts";
import { mergeParameters, type SamplingParameters } from "#lib/models/parameters.ts";
import { findModelVersion } from "#lib/models/queries.ts";
import { findSameVersion } from "./find-same-version.ts";
import { playgroundColumn, seedChoice } from "./schema.ts";
import { columnLimit, sampleLimit } from "./words.ts";

export const evaluateColumnsInput = z.object({
  name: z.string().trim().min(1, "Give the evaluation a name.").max(200),
  datasetVersionId: z.uuid("Choose a dataset version."),
  columns: z.array(playgroundColumn).min(1).max(columnLimit),
  samples: z.int().min(1).max(sampleLimit),
  seed: seedChoice,
  evaluators: z.array(evaluatorConfig).max(20).default([]),
});

const letters = "ABCDEF";

/**
 * Starts an evaluation whose candidates are the columns. A candidate is a saved version: throws `conflict` that names
 * the columns whose content was never saved, and those that leave out a parameter, which a candidate cannot.
 */
export async function evaluateColumns(
  ctx: Context,
  input: z.output<typeof evaluateColumnsInput>,
): Promise<Evaluation> {
  const { columns, samples, seed, ...settings } = input;
  const candidates = await Promise.all(
    columns.map(async (column, index) => {
      const letter = letters[index]!;
      if (!column.modelVersionId)
        throw new AppError("conflict", `Column ${letter} has no model version. Choose one.`);
      const version = await findSameVersion(ctx, column.content, column.origin?.promptName ?? null);
      if (!version) {
        throw new AppError(
          "conflict",
          `What column ${letter} says is not saved. Save it as a version first: an evaluation names what it measured.`,
        );
      }
      const model = await findModelVersion(ctx, column.modelVersionId);
      const sentAnyway = mergeParameters(model.parameters, column.content.parameters);
      const removed = Object.entries(column.overrides).find(
        ([name, value]) => value === null && sentAnyway[name as keyof SamplingParameters] !== undefined,
      );
      if (removed) {
        throw new AppError(
          "conflict",
          `Column ${letter} leaves out ${removed[0]}, which its prompt or model sets; an evaluation cannot. Remove it there.`,
        );
      }
      const own = Object.fromEntries(Object.entries(column.overrides).filter(([, value]) => value !== null));
      const parameters: SamplingParameters = {
        ...(own as SamplingParameters),
        ...(seed.mode === "fixed" && { seed: seed.value }),
      };
      return { promptVersionId: version.id, modelVersionId: column.modelVersionId, parameters };
    }),
  );
  return startEvaluation(ctx, { ...settings, candidates, repeats: samples });
}
