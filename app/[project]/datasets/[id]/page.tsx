import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { importSnippets } from "#components/datasets/dataset-snippets.ts";
import { VersionsTable } from "#components/datasets/versions-table.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { countOf } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { diffVersions, findDataset, listItems, listVersions } from "#lib/datasets/queries.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { DatasetItems } from "./dataset-items.tsx";
import { ImportItems } from "./import-items.tsx";

export const metadata: Metadata = { title: "Dataset" };

type DatasetPageProps = {
  params: Promise<{ project: string; id: string }>;
  searchParams: Promise<{ version?: string }>;
};

/** Versions beyond these are listed by the API. */
const shownVersions = 50;

export default async function DatasetPage({ params, searchParams }: DatasetPageProps) {
  const { project: slug, id } = await params;
  const { ctx } = await requirePage(slug);
  const dataset = await findDataset(ctx, id).catch((error: unknown) => {
    if (isAppError(error) && error.code === "not_found") notFound();
    throw error;
  });
  const versions = (await listVersions(ctx, dataset.id)).slice(0, shownVersions);
  const wanted = (await searchParams).version;
  const version = wanted ? versions.find((each) => String(each.number) === wanted) : dataset.latest;
  if (wanted && !version) notFound();
  const canWrite = hasScope(ctx, "evaluations:write");
  const basePath = `/${slug}/datasets/${dataset.id}`;
  const header = (
    <PageHeader
      title={dataset.name}
      crumbs={[{ label: "Datasets", href: `/${slug}/datasets` }]}
      badges={
        version && (
          <Badge tone="outline">{`v${version.number} · ${countOf(version.itemCount, "item")}`}</Badge>
        )
      }
      description={dataset.description}
      actions={
        canWrite && (
          <>
            {version && (
              <>
                <LinkButton href={`/${slug}/playground?dataset=${version.id}`} prefetch={false}>
                  Try in playground
                </LinkButton>
                <LinkButton href={`/${slug}/evaluations/new?dataset=${version.id}`}>
                  Evaluate on this
                </LinkButton>
              </>
            )}
            <ImportItems
              slug={slug}
              datasetId={dataset.id}
              nextNumber={(dataset.latest?.number ?? 0) + 1}
              itemCount={dataset.latest?.itemCount ?? 0}
            />
          </>
        )
      }
    />
  );
  if (!version) {
    return (
      <>
        {header}
        <EmptyState
          title="No items yet"
          snippet={<CodeBlock code={importSnippets(publicOrigin(), dataset.name)} />}
        >
          Import a file with the button above, or send items from a program. The first import makes version 1.
        </EmptyState>
      </>
    );
  }
  const [first, changes] = await Promise.all([
    listItems(ctx, { datasetVersionId: version.id, limit: 200 }),
    Promise.all(
      versions.map((each, index) => {
        const before = versions[index + 1];
        return before ? diffVersions(ctx, before.id, each.id) : null;
      }),
    ),
  ]);
  return (
    <>
      {header}
      <Section title="Items">
        <DatasetItems
          slug={slug}
          datasetVersionId={version.id}
          totalCount={version.itemCount}
          first={first}
        />
      </Section>
      <Section title="Versions" description="Each import is kept as it was; equal content has an equal hash.">
        <VersionsTable
          versions={versions.map((each, index) => ({ ...each, change: changes[index] ?? null }))}
          basePath={basePath}
          currentId={version.id}
        />
      </Section>
    </>
  );
}
