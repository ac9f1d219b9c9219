import type { Metadata } from "next";
import { importSnippets } from "#components/datasets/dataset-snippets.ts";
import { DatasetsTable } from "#components/datasets/datasets-table.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasScope } from "#lib/core/context.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { NewDataset } from "./new-dataset.tsx";

export const metadata: Metadata = { title: "Datasets" };

export default async function DatasetsPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const { data } = await listDatasets(ctx, { limit: 1000 });
  return (
    <>
      <PageHeader
        title="Datasets"
        description="Inputs with the answers expected of them, versioned, for evaluations to run on."
        actions={hasScope(ctx, "evaluations:write") && <NewDataset slug={project.slug} />}
      />
      <DatasetsTable
        datasets={data}
        basePath={`/${project.slug}/datasets`}
        empty={
          <EmptyState
            title="No datasets yet"
            snippet={<CodeBlock code={importSnippets(publicOrigin(), "capitals")} />}
          >
            A dataset holds rows of inputs and, where known, right answers. Make one here from a CSV or JSON
            lines file, then import more from a program.
          </EmptyState>
        }
      />
    </>
  );
}
