import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { getMatrix } from "#lib/evaluations/get-matrix.ts";
import { listGrid } from "#lib/evaluations/list-grid.ts";
import { gridFilter } from "#lib/evaluations/schema.ts";
import { requirePage } from "#lib/http/page.ts";
import { LiveEvaluation } from "./live-evaluation.tsx";

export const metadata: Metadata = { title: "Evaluation" };

type EvaluationPageProps = {
  params: Promise<{ project: string; id: string }>;
  /** `baseline` is a candidate's id, `show` a filter of the items. */
  searchParams: Promise<{ baseline?: string; show?: string }>;
};

export default async function EvaluationPage({ params, searchParams }: EvaluationPageProps) {
  const { project: slug, id } = await params;
  const { ctx } = await requirePage(slug);
  const { baseline, show } = await searchParams;
  const filter = gridFilter.catch("all").parse(show);
  const matrix = await getMatrix(ctx, id, { baselineId: baseline }).catch((error: unknown) => {
    if (isAppError(error)) notFound();
    throw error;
  });
  const grid = await listGrid(ctx, id, { kind: filter, baselineId: matrix.baselineId });
  return (
    <LiveEvaluation
      key={id}
      slug={slug}
      initial={matrix}
      initialGrid={grid}
      initialFilter={filter}
      canWrite={hasScope(ctx, "evaluations:write")}
    />
  );
}
