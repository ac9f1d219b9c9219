"use client";

import { useEffect, useState } from "react";
import type { EvaluationEstimate } from "#lib/evaluations/estimate-evaluation.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { countOf, formatUsd } from "../ui/format.ts";
import type { EstimateInput } from "./start-form.tsx";

type EstimateLineProps = {
  /** Null while something is still to be chosen. */
  input: EstimateInput | null;
  onEstimate: (input: EstimateInput) => Promise<ActionResult<EvaluationEstimate>>;
};

const settleMs = 300;

/** What the evaluation would take, asked for a moment after the choice settles. */
export function EstimateLine({ input, onEstimate }: EstimateLineProps) {
  const [estimate, setEstimate] = useState<EvaluationEstimate | null>(null);
  const key = input
    ? JSON.stringify([
        input.datasetVersionId,
        input.repeats,
        input.candidates.map((each) => [each.promptVersionId, each.modelVersionId]),
      ])
    : null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that matters of the input
  useEffect(() => {
    if (!input) return setEstimate(null);
    let isStale = false;
    const timer = setTimeout(async () => {
      const result = await onEstimate(input).catch(() => null);
      if (!isStale) setEstimate(result?.ok ? result.data : null);
    }, settleMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [key]);

  if (!input) {
    return (
      <p className="text-sm text-muted">Choose a dataset version, prompt versions and model versions.</p>
    );
  }
  return (
    <div className="min-h-10 text-sm" aria-live="polite">
      {estimate ? (
        <>
          <p>
            {countOf(estimate.calls, "call")},{" "}
            {estimate.costUsd === null
              ? "cost unknown: a model has no price"
              : `about ${formatUsd(estimate.costUsd)}`}
            .
          </p>
          <p className="text-xs text-muted">
            Tokens of the first 20 items' prompts, and 200 tokens an answer where nothing limits it less;
            judges left out.
          </p>
          {estimate.problems.length > 0 && (
            <ul className="mt-2 list-disc pl-4 text-worse" aria-label="Problems with the first items">
              {estimate.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          )}
        </>
      ) : (
        <p className="text-muted">Estimating…</p>
      )}
    </div>
  );
}
