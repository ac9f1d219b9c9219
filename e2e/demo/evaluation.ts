import type { Api } from "./api.ts";
import type { SavedModel } from "./models.ts";
import type { SavedPrompt } from "./prompts.ts";
import type { Terminal } from "./terminal.ts";

export type Combination = { promptVersionId: string; promptNumber: number; modelVersionId: string; modelName: string };

export type EvaluationOutcome = {
  id: string;
  /** The two candidates with the highest exact-match score, the dearer model's first. */
  best: [Combination, Combination];
};

type Estimate = { status: "ok"; mean: number; low: number; high: number } | { status: "not_estimable" };
type Progress = { status: string; done: number; total: number };

export async function runEvaluation(
  api: Api,
  terminal: Terminal,
  input: { datasetVersionId: string; prompts: SavedPrompt[]; models: SavedModel[] },
): Promise<EvaluationOutcome> {
  const candidates = input.prompts.flatMap((prompt) =>
    input.models.map(
      (model): Combination => ({
        promptVersionId: prompt.id,
        promptNumber: prompt.number,
        modelVersionId: model.id,
        modelName: model.name,
      }),
    ),
  );
  const { id } = await api.post<{ id: string }>("/api/v1/evaluations", {
    name: "Which prompt, which model?",
    datasetVersionId: input.datasetVersionId,
    candidates: candidates.map(({ promptVersionId, modelVersionId }) => ({ promptVersionId, modelVersionId })),
    evaluators: [
      { type: "exact_match", name: "exact match" },
      { type: "regex", name: "one short line", pattern: "^[^\\n]{1,60}$" },
      { type: "latency", name: "latency" },
      { type: "cost", name: "cost" },
    ],
    concurrency: 16,
  });
  await waitFor(api, terminal, id);
  return { id, best: chooseBest(candidates) };
}
