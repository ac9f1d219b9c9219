import type { CsvValue } from "#components/ui/csv.ts";
import type { Evaluation, EvaluationResult } from "#lib/evaluations/schema.ts";

/** Results as a table: one line each, one column per evaluator. */
export function resultTable(
  evaluation: Evaluation,
  results: readonly EvaluationResult[],
): { header: string[]; rows: CsvValue[][] } {
  const names = evaluation.evaluators.map((config) => config.name);
  const candidates = new Map(evaluation.candidates.map((candidate) => [candidate.id, candidate]));
  const header = [
    ...["item_key", "input", "expected", "candidate", "prompt", "prompt_version", "model", "model_version"],
    ...["repeat", "status", "output", "error", "latency_ms", "input_tokens", "output_tokens", "cost_usd"],
    "trace_id",
    ...names.flatMap((name) => [name, `${name} reason`]),
  ];
  const rows = results.map((result) => {
    const candidate = candidates.get(result.candidateId);
    return [
      result.itemKey,
      textOf(result.input),
      textOf(result.expected),
      candidate?.letter,
      candidate?.promptName,
      candidate?.promptNumber,
      candidate?.modelName,
      candidate?.modelNumber,
      result.repeat,
      result.status,
      result.output,
      result.errorMessage,
      result.latencyMs,
      result.inputTokens,
      result.outputTokens,
      result.costUsd,
      result.traceId,
      ...names.flatMap((name) => {
        const score = result.scores.find((each) => each.name === name);
        return [score?.value, score?.reason];
      }),
    ];
  });
  return { header, rows };
}

function textOf(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
