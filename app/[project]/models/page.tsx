import { ConnectionDialog } from "#components/models/connection-dialog.tsx";
import { ModelVersionDialog } from "#components/models/model-version-dialog.tsx";
import { ModelsTable } from "#components/models/models-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { listConnections, listModels } from "#lib/models/queries.ts";
import { changeStage, saveConnection, saveModelVersion } from "./actions.ts";
import { Connections } from "./connections.tsx";

export const metadata = { title: "Models" };

export default async function ModelsPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const [connections, models] = await Promise.all([listConnections(ctx), listModels(ctx)]);
  const canEdit = hasScope(ctx, "models:write");
  const onSaveVersion = saveModelVersion.bind(null, project.slug);
  const connect = canEdit && (
    <ConnectionDialog
      onSave={saveConnection.bind(null, project.slug)}
      trigger={
        <Button variant={connections.length === 0 ? "primary" : "secondary"}>Connect a provider</Button>
      }
    />
  );
  const register = canEdit && connections.length > 0 && (
    <ModelVersionDialog
      connections={connections}
      modelNames={models.map((model) => model.name)}
      onSave={onSaveVersion}
      trigger={<Button variant="primary">Register a model</Button>}
    />
  );
  return (
    <>
      <PageHeader
        title="Models"
        description="Which models answer, and where their providers are reached."
        actions={models.length > 0 && register}
      />
      {connections.length === 0 ? (
        <EmptyState
          title="Connect a provider"
          actions={connect}
          snippet={<CodeBlock code={connectSnippet(publicOrigin())} label="The same with curl" />}
        >
          Any server that speaks OpenAI's chat completions: OpenAI itself, most other providers, Ollama or
          vLLM on your own machine. To look around without a key, connect the built-in rehearsal provider; its
          models are simulated.
        </EmptyState>
      ) : (
        <>
          <Section title="Registered models">
            {models.length === 0 ? (
              <EmptyState title="Register the first model" actions={register}>
                A model version is a connection, the provider's name for the model and its default parameters.
                Prompts, evaluations and A/B tests run on one, and every trace says which.
              </EmptyState>
            ) : (
              <ModelsTable
                models={models}
                connections={connections}
                actions={
                  canEdit ? { onSaveVersion, onChangeStage: changeStage.bind(null, project.slug) } : undefined
                }
              />
            )}
          </Section>
          <Section title="Connections" actions={connect}>
            <Connections slug={project.slug} connections={connections} canEdit={canEdit} />
          </Section>
        </>
      )}
    </>
  );
}

function connectSnippet(origin: string): string {
  return `export STEMMA_SECRET_KEY=sk-stemma-…

curl ${origin}/api/v1/connections \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "name": "Rehearsal", "provider": "rehearsal", "baseUrl": "/rehearsal/v1" }'`;
}
