import { notFound } from "next/navigation";
import { ServedModel, ServedPrompt, ServedTest } from "#components/deployments/serves.tsx";
import { deploymentSnippets } from "#components/deployments/snippets.ts";
import { formatParameters } from "#components/models/format-parameters.ts";
import { Badge } from "#components/ui/badge.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { findAbTest } from "#lib/abtests/queries.ts";
import { type Context, hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import type { Json } from "#lib/core/json.ts";
import { findDeployment } from "#lib/deployments/queries.ts";
import type { Deployment } from "#lib/deployments/schema.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { findVersion, findVersionById } from "#lib/prompts/find-version.ts";
import type { PromptVersion } from "#lib/prompts/schema.ts";
import { loadChoices } from "../load-choices.ts";
import { DeploymentActions } from "./deployment-actions.tsx";

type DeploymentPageProps = { params: Promise<{ project: string; name: string }> };

export async function generateMetadata({ params }: DeploymentPageProps) {
  return { title: decodeURIComponent((await params).name) };
}

export default async function DeploymentPage({ params }: DeploymentPageProps) {
  const { project: slug, name } = await params;
  const { ctx, project } = await requirePage(slug);
  const deployment = await findDeployment(ctx, decodeURIComponent(name)).catch((error) => {
    if (isAppError(error) && error.code === "not_found") notFound();
    throw error;
  });
  const [version, choices] = await Promise.all([servedVersion(ctx, deployment), loadChoices(ctx)]);
  const snippets = deploymentSnippets({
    origin: publicOrigin(),
    deployment: deployment.name,
    variables: version ? exampleValues(version) : {},
    needsMessages: version === null,
  });
  const traces = new URLSearchParams({ filter: `deployment:${deployment.name}`, range: "all" });
  const shown = { slug: project.slug, deployment };
  return (
    <>
      <PageHeader
        title={deployment.name}
        crumbs={[{ label: "Deployments", href: `/${project.slug}/deployments` }]}
        badges={!deployment.isEnabled && <Badge tone="outline">disabled</Badge>}
        description={deployment.description}
        actions={
          <>
            <LinkButton href={`/${project.slug}/traces?${traces}`}>Traces</LinkButton>
            {hasScope(ctx, "models:write") && (
              <DeploymentActions slug={project.slug} deployment={deployment} choices={choices} />
            )}
          </>
        }
      />
      <Section title="What it serves">
        <DescriptionList
          items={[
            { term: "Prompt", value: <ServedPrompt {...shown} /> },
            { term: "Model", value: <ServedModel {...shown} /> },
            { term: "A/B test", value: <ServedTest {...shown} /> },
            { term: "Parameters", value: parametersText(deployment) },
            { term: "Changed", value: <RelativeTime value={deployment.updatedAt} /> },
          ]}
        />
        <p className="mt-3 max-w-prose text-sm text-muted">{servingSentence(deployment)}</p>
      </Section>
      <Section
        title="Call it"
        description="With an API key that may call deployments (Settings, API keys). Send your user's id as metadata.user_id: A/B tests assign by it."
      >
        <CodeBlock code={snippets} label="Call the deployment" className="max-w-3xl" />
      </Section>
    </>
  );
}

/** The prompt version whose variables a call needs: the deployment's own, or the test's control. */
async function servedVersion(ctx: Context, { prompt, abTest }: Deployment): Promise<PromptVersion | null> {
  if (prompt?.versionNumber) return findVersion(ctx, { name: prompt.name, version: prompt.versionNumber });
  if (!abTest) return null;
  const control = (await findAbTest(ctx, abTest.key)).variants[0];
  return control ? findVersionById(ctx, control.promptVersionId) : null;
}

function exampleValues({ content }: PromptVersion): Record<string, Json> {
  return Object.fromEntries(
    content.variables
      .filter((variable) => variable.isRequired)
      .map((variable) => [
        variable.name,
        variable.example ?? variable.default ?? placeholders[variable.type],
      ]),
  );
}

const placeholders: Record<PromptVersion["content"]["variables"][number]["type"], Json> = {
  string: "…",
  number: 1,
  boolean: true,
  list: [],
  object: {},
};

function parametersText({ parameters }: Deployment): string {
  const isEmpty = Object.keys(parameters).length === 0;
  return isEmpty ? "the prompt's and the model's own" : formatParameters(parameters);
}

function servingSentence({ isEnabled, abTest, modelVersion }: Deployment): string {
  if (!isEnabled) return "It is disabled: calls are answered 409 until it is enabled.";
  if (!abTest) return "Every call is served this prompt on this model.";
  if (abTest.status === "running")
    return "The A/B test is running: each unit is served its variant, and the trace says which.";
  return modelVersion
    ? `The A/B test is ${abTest.status}: every call is served the prompt and model above.`
    : `The A/B test is ${abTest.status}: calls are served its default variant, once it has been started.`;
}
