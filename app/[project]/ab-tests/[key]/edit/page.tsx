import { notFound, redirect } from "next/navigation";
import { AbTestForm } from "#components/ab-tests/ab-test-form.tsx";
import { formOf } from "#components/ab-tests/form-state.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { listChoices } from "#lib/abtests/list-choices.ts";
import { findAbTest } from "#lib/abtests/queries.ts";
import { variantKeys } from "#lib/abtests/schema.ts";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import {
  beginAbTest,
  checkAbTestDraft,
  diffPromptVersions,
  planUnits,
  saveAbTestDraft,
} from "../../actions.ts";
import { notFoundAsPage } from "../../not-found-as-page.ts";

export const metadata = { title: "Edit A/B test" };

type EditAbTestPageProps = { params: Promise<{ project: string; key: string }> };

export default async function EditAbTestPage({ params }: EditAbTestPageProps) {
  const { project: slug, key } = await params;
  const { ctx, project } = await requirePage(slug);
  if (!hasScope(ctx, "abtests:write")) notFound();
  const test = await notFoundAsPage(findAbTest(ctx, decodeURIComponent(key)));
  const listHref = `/${project.slug}/ab-tests`;
  if (test.status !== "draft") redirect(`${listHref}/${test.key}`);
  const choices = await listChoices(ctx);
  const { hashVersion, variants, ...rest } = test;
  return (
    <>
      <PageHeader
        title={`Edit ${test.name}`}
        crumbs={[
          { label: "A/B tests", href: listHref },
          { label: test.name, href: `${listHref}/${test.key}` },
        ]}
      />
      <AbTestForm
        initial={formOf({
          ...rest,
          hashVersion: hashVersion === 2 ? 2 : 3,
          variants: variants.map((variant, index) => ({ ...variant, key: variantKeys[index] })),
        })}
        choices={choices}
        isNew={false}
        listHref={listHref}
        cancelHref={`${listHref}/${test.key}`}
        draftName={`${project.slug}/${test.key}`}
        onCheck={checkAbTestDraft.bind(null, project.slug)}
        onStart={beginAbTest.bind(null, project.slug)}
        onSave={saveAbTestDraft.bind(null, project.slug)}
        onPlan={planUnits.bind(null, project.slug)}
        onDiff={diffPromptVersions.bind(null, project.slug)}
      />
    </>
  );
}
