import { setTimeout as sleep } from "node:timers/promises";
import type { Matrix } from "#lib/evaluations/schema.ts";
import type { Api } from "./api.ts";
import type { SavedModel } from "./models.ts";
import type { SavedPrompt } from "./prompts.ts";
import type { Terminal } from "./terminal.ts";

export type Combination = {
  promptVersionId: string;
  promptNumber: number;
  modelVersionId: string;
  modelName: string;
};

export type EvaluationOutcome = { id: string; best: [Combination, Combination] };

const exactMatch = "exact match";

/** Evaluates every prompt version on every model version; the first of both is the baseline. */
export async function runEvaluation(
  api: Api,
  terminal: Terminal,
  input: { datasetVersionId: string; prompts: SavedPrompt[]; models: SavedModel[] },
): Promise<EvaluationOutcome> {
  const { id } = await api.post<{ id: string }>("/api/v1/evaluations", {
    name: "Which prompt, which model?",
    datasetVersionId: input.datasetVersionId,
    candidates: input.prompts.flatMap((prompt) =>
      input.models.map((model) => ({ promptVersionId: prompt.id, modelVersionId: model.id })),
    ),
    evaluators: [
      { type: "exact_match", name: exactMatch },
      { type: "regex", name: "only the name", pattern: "^[^.!?\\n]{1,60}$" },
      { type: "latency_ms", name: "under two seconds", maximumMs: 2000 },
    ],
    concurrency: 16,
  });
  const matrix = await waitForEnd(api, terminal, id);
  for (const { candidate, cells, differences } of matrix.rows) {
    const name = `${candidate.letter}  version ${candidate.promptNumber} on ${candidate.modelName}`.padEnd(
      32,
    );
    terminal.note(`${name} ${meanOf(cells[exactMatch])}  ${differenceOf(differences[exactMatch])}`);
  }
  return { id, best: chooseBest(matrix) };
}

async function waitForEnd(api: Api, terminal: Terminal, id: string): Promise<Matrix> {
  for (;;) {
    const matrix = await api.get<Matrix>(`/api/v1/evaluations/${id}`);
    const { progress, status, error } = matrix.evaluation;
    terminal.bar("answers scored", progress.done, progress.total);
    if (status === "done") return matrix;
    if (status === "failed" || status === "canceled") throw new Error(`The evaluation ${status}: ${error}`);
    await sleep(500);
  }
}

function meanOf(cell: Matrix["rows"][number]["cells"][string] | undefined): string {
  if (!cell || cell.status === "not_estimable") return "not estimable";
  if (cell.status === "mean_only") return percent(cell.mean);
  return `${percent(cell.mean)} exact (${percent(cell.lower)} to ${percent(cell.upper)})`;
}

function differenceOf(difference: Matrix["rows"][number]["differences"][string] | undefined): string {
  if (difference?.status !== "estimated") return "baseline";
  const sign = difference.difference > 0 ? "+" : "";
  return `${sign}${percent(difference.difference)} against the baseline, paired: ${difference.direction}`;
}

function chooseBest(matrix: Matrix): [Combination, Combination] {
  const score = (row: Matrix["rows"][number]) => {
    const cell = row.cells[exactMatch];
    return cell && cell.status !== "not_estimable" ? cell.mean : 0;
  };
  const [first, second] = [...matrix.rows]
    .sort((a, b) => score(b) - score(a))
    .map(({ candidate }) => candidate);
  // The runner-up is the control: the winner has to show that it is better.
  return [second!, first!];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
