import { Plus } from "lucide-react";
import { DefinitionDialog } from "#components/scores/definition-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { listScoreDefinitions } from "#lib/scores/definitions.ts";
import { saveDefinition } from "./actions.ts";
import { DefinitionsLeaf } from "./definitions-leaf.tsx";

export default async function ScoresPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const definitions = await listScoreDefinitions(ctx);
  const mayChange = hasScope(ctx, "scores:write");
  const define = mayChange && (
    <DefinitionDialog
      trigger={
        <Button variant="primary">
          <Plus aria-hidden="true" /> Define score
        </Button>
      }
      onSave={saveDefinition.bind(null, project.slug)}
    />
  );
  return (
    <Section
      title="Scores"
      description="A score of any name is taken as it comes. Define a name, and what does not fit is refused with the reason."
      actions={definitions.length > 0 && define}
    >
      {definitions.length === 0 ? (
        <EmptyState
          title="No score is defined"
          actions={define}
          snippet={<CodeBlock code={snippetOf(publicOrigin())} label="Define a score with curl" />}
        >
          People give scores on a trace's page, programs through the API. A definition says what a score of a
          name may be: a number within a range, yes or no, or one of some categories.
        </EmptyState>
      ) : (
        <DefinitionsLeaf slug={project.slug} definitions={definitions} mayChange={mayChange} />
      )}
    </Section>
  );
}

const snippetOf = (origin: string) => `export STEMMA_API_KEY=sk-stemma-…   # Settings, API keys

curl ${origin}/api/v1/score-definitions \\
  -H "authorization: Bearer $STEMMA_API_KEY" -H 'content-type: application/json' \\
  -d '{"name": "helpful", "type": "numeric", "minimum": 0, "maximum": 1}'
`;
