import { DeploymentsTable } from "#components/deployments/deployments-table.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasScope } from "#lib/core/context.ts";
import { listDeployments } from "#lib/deployments/queries.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { loadChoices } from "./load-choices.ts";
import { NewDeployment } from "./new-deployment.tsx";

export const metadata = { title: "Deployments" };

export default async function DeploymentsPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const [{ data }, choices] = await Promise.all([listDeployments(ctx, { limit: 1000 }), loadChoices(ctx)]);
  const create = hasScope(ctx, "models:write") && <NewDeployment slug={project.slug} choices={choices} />;
  const isEmpty = data.length === 0;
  return (
    <>
      <PageHeader
        title="Deployments"
        description="Named endpoints that programs call with any OpenAI client."
        actions={!isEmpty && create}
      />
      {isEmpty ? (
        <EmptyState
          title="Create the first deployment"
          actions={create}
          snippet={<CodeBlock code={createSnippet(publicOrigin())} label="The same with curl" />}
        >
          A deployment is a name that stands for a prompt on a model, or for an A/B test of several. Programs
          send the name as <code>model</code>; what it serves is decided here, and every call becomes a trace.
        </EmptyState>
      ) : (
        <DeploymentsTable slug={project.slug} deployments={data} />
      )}
    </>
  );
}

function createSnippet(origin: string): string {
  return `export STEMMA_SECRET_KEY=sk-stemma-…
# The id of a model version: the models page has it, or GET /api/v1/models.
export MODEL_VERSION_ID=…

curl ${origin}/api/v1/deployments \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "name": "assistant", "modelVersionId": "'$MODEL_VERSION_ID'" }'`;
}
