import type { Metadata } from "next";
import { evaluationSnippets } from "#components/evaluations/evaluation-snippets.ts";
import { EvaluationsTable } from "#components/evaluations/evaluations-table.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasScope } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { listEvaluations } from "#lib/evaluations/queries.ts";
import { requirePage } from "#lib/http/page.ts";

export const metadata: Metadata = { title: "Evaluations" };

/** Older ones are listed by the API. */
const shownEvaluations = 500;

export default async function EvaluationsPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const { data } = await listEvaluations(ctx, { limit: shownEvaluations });
  const basePath = `/${project.slug}/evaluations`;
  return (
    <>
      <PageHeader
        title="Evaluations"
        description="Prompt versions on model versions, compared on the same items before anyone is exposed to them."
        actions={
          hasScope(ctx, "evaluations:write") && (
            <LinkButton variant="primary" href={`${basePath}/new`}>
              New evaluation
            </LinkButton>
          )
        }
      />
      <EvaluationsTable
        evaluations={data}
        basePath={basePath}
        empty={
          <EmptyState
            title="No evaluations yet"
            snippet={<CodeBlock code={evaluationSnippets(publicOrigin())} />}
            actions={<LinkButton href={`${basePath}/new`}>Start one here</LinkButton>}
          >
            An evaluation asks candidates about every item of a dataset version, scores each answer, and says
            which candidate is better with an interval. Start one here or from a program.
          </EmptyState>
        }
      />
    </>
  );
}
