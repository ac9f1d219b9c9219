"use client";

import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";
import { StartForm } from "#components/evaluations/start-form.tsx";
import { estimateEvaluation, startEvaluation } from "../actions.ts";

type NewEvaluationProps = { slug: string } & Pick<
  ComponentProps<typeof StartForm>,
  "datasets" | "prompts" | "models" | "initial"
>;

export function NewEvaluation({ slug, ...choices }: NewEvaluationProps) {
  const router = useRouter();
  return (
    <StartForm
      {...choices}
      onEstimate={({ datasetVersionId, candidates, repeats = 1 }) =>
        estimateEvaluation(slug, { datasetVersionId, candidates, repeats })
      }
      onStart={(input) => startEvaluation(slug, input)}
      onDone={({ id }) => router.push(`/${slug}/evaluations/${id}`)}
    />
  );
}
