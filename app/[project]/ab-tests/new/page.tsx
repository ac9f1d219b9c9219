import { notFound } from "next/navigation";
import { AbTestForm } from "#components/ab-tests/ab-test-form.tsx";
import { emptyForm } from "#components/ab-tests/form-state.ts";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { listChoices } from "#lib/abtests/list-choices.ts";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { beginAbTest, checkNewAbTest, diffPromptVersions, planUnits, saveNewAbTest } from "../actions.ts";

export const metadata = { title: "New A/B test" };

export default async function NewAbTestPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  if (!hasScope(ctx, "abtests:write")) notFound();
  const choices = await listChoices(ctx);
  const base = `/${project.slug}`;
  const missing = choices.promptVersions.length === 0 ? "prompts" : "models";
  return (
    <>
      <PageHeader title="New A/B test" crumbs={[{ label: "A/B tests", href: `${base}/ab-tests` }]} />
      {choices.promptVersions.length === 0 || choices.modelVersions.length === 0 ? (
        <EmptyState
          title={
            missing === "prompts" ? "There is no prompt to test yet" : "There is no model to test on yet"
          }
          actions={
            <LinkButton variant="primary" href={`${base}/${missing}`}>
              {missing === "prompts" ? "Write a prompt" : "Connect a model"}
            </LinkButton>
          }
        >
          A variant is a prompt version on a model version. Make two prompt versions, or two model versions,
          and come back.
        </EmptyState>
      ) : (
        <AbTestForm
          initial={emptyForm(
            choices.scoreNames[0] ?? "quality",
            choices.modelVersions.length === 1 ? choices.modelVersions[0]!.id : "",
          )}
          choices={choices}
          isNew
          listHref={`${base}/ab-tests`}
          cancelHref={`${base}/ab-tests`}
          draftName={project.slug}
          onCheck={checkNewAbTest.bind(null, project.slug)}
          onStart={beginAbTest.bind(null, project.slug)}
          onSave={saveNewAbTest.bind(null, project.slug)}
          onPlan={planUnits.bind(null, project.slug)}
          onDiff={diffPromptVersions.bind(null, project.slug)}
        />
      )}
    </>
  );
}
