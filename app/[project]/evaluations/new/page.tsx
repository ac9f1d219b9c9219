import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { DatasetChoice, ModelChoice, PromptChoice } from "#components/evaluations/start-choices.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { type Context, hasScope } from "#lib/core/context.ts";
import { listDatasets, listVersions as listDatasetVersions } from "#lib/datasets/queries.ts";
import { requirePage } from "#lib/http/page.ts";
import { listModelVersions } from "#lib/models/queries.ts";
import { listPrompts } from "#lib/prompts/list-prompts.ts";
import { listVersions as listPromptVersions } from "#lib/prompts/list-versions.ts";
import { NewEvaluation } from "./new-evaluation.tsx";

export const metadata: Metadata = { title: "New evaluation" };

type NewEvaluationPageProps = {
  params: Promise<{ project: string }>;
  /** `dataset`, `prompt` and `model` are ids of versions; `prompt` and `model` may come several times. */
  searchParams: Promise<{ dataset?: string; prompt?: string | string[]; model?: string | string[] }>;
};

const shownPrompts = 100;
const shownVersions = 20;

export default async function NewEvaluationPage({ params, searchParams }: NewEvaluationPageProps) {
  const { ctx, project } = await requirePage((await params).project);
  if (!hasScope(ctx, "evaluations:write")) notFound();
  const { dataset, prompt, model } = await searchParams;
  const [datasets, prompts, models] = await Promise.all([
    datasetChoices(ctx),
    promptChoices(ctx),
    modelChoices(ctx),
  ]);
  return (
    <>
      <PageHeader
        title="New evaluation"
        crumbs={[{ label: "Evaluations", href: `/${project.slug}/evaluations` }]}
      />
      <NewEvaluation
        slug={project.slug}
        datasets={datasets}
        prompts={prompts}
        models={models}
        initial={{
          datasetVersionId: datasets.find((each) => each.versionId === dataset)?.versionId ?? null,
          promptVersionIds: listOf(prompt),
          modelVersionIds: listOf(model),
        }}
      />
    </>
  );
}

async function datasetChoices(ctx: Context): Promise<DatasetChoice[]> {
  const { data } = await listDatasets(ctx, { limit: 200 });
  const versions = await Promise.all(data.map((dataset) => listDatasetVersions(ctx, dataset.id)));
  return versions.flatMap((each) =>
    each.slice(0, shownVersions).map((version) => ({
      versionId: version.id,
      label: `${version.datasetName} v${version.number}`,
      itemCount: version.itemCount,
    })),
  );
}

async function promptChoices(ctx: Context): Promise<PromptChoice[]> {
  const { data } = await listPrompts(ctx, { limit: shownPrompts });
  return Promise.all(
    data.map(async ({ name }) => {
      const versions = await listPromptVersions(ctx, { name, limit: shownVersions });
      return {
        name,
        versions: versions.data.map(({ id, number, labels, message }) => ({ id, number, labels, message })),
      };
    }),
  );
}

async function modelChoices(ctx: Context): Promise<ModelChoice[]> {
  const versions = await listModelVersions(ctx);
  return versions.map((version) => ({
    id: version.id,
    label: `${version.model.name} v${version.number}`,
    hint: `${version.providerModel} through ${version.connection.name}`,
    isSimulated: version.connection.isSimulated,
  }));
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
