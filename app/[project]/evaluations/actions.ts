"use server";

import { z } from "zod";
import { estimateEvaluation as estimate } from "#lib/evaluations/estimate-evaluation.ts";
import { listGrid as list } from "#lib/evaluations/list-grid.ts";
import { candidateInput, gridFilter, startEvaluationInput } from "#lib/evaluations/schema.ts";
import { startEvaluation as start } from "#lib/evaluations/start-evaluation.ts";
import { action } from "#lib/http/action.ts";

export const startEvaluation = action(startEvaluationInput, async (ctx, input) => {
  const { id } = await start(ctx, input);
  return { id };
});

export const estimateEvaluation = action(
  z.object({
    datasetVersionId: z.uuid(),
    candidates: z.array(candidateInput).max(50),
    repeats: z.int().min(1).max(100),
  }),
  estimate,
);

export const listGrid = action(
  z.object({ id: z.uuid(), kind: gridFilter, baselineId: z.uuid(), cursor: z.string().max(200).nullable() }),
  (ctx, { id, ...input }) => list(ctx, id, input),
);
