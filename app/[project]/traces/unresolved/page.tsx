import { LookAgain } from "#components/traces/look-again.tsx";
import { UnresolvedTable } from "#components/traces/unresolved-table.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { countOf } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { listUnlinked } from "#lib/traces/store/count-unlinked.ts";
import { createNamedPrompt, lookAgain } from "./actions.ts";

export const metadata = { title: "Unresolved names" };

const attributes = `# On the span of a model call
gen_ai.prompt.name    = "support/reply"
gen_ai.prompt.version = "production"   # a number, a label or a digest
`;

export default async function UnresolvedPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const names = await listUnlinked(ctx);
  const spanCount = names.reduce((sum, name) => sum + name.spanCount, 0);
  return (
    <>
      <PageHeader
        title="Unresolved names"
        crumbs={[{ label: "Traces", href: `/${project.slug}/traces` }]}
        actions={
          names.length > 0 &&
          hasScope(ctx, "traces:write") && <LookAgain onLook={lookAgain.bind(null, project.slug, {})} />
        }
        description={
          names.length === 0
            ? undefined
            : `${countOf(spanCount, "span")} of the last 30 days name a prompt version or an A/B test that this project does not have. They are kept, and link by themselves once it does.`
        }
      />
      {names.length === 0 ? (
        <EmptyState
          title="Every name resolves"
          snippet={<CodeBlock code={attributes} label="Name the prompt on a span" />}
        >
          All that spans of the last 30 days say about prompts and A/B tests leads to one of this project.
          Spans say it with these attributes; the gateway does it by itself.
        </EmptyState>
      ) : (
        <UnresolvedTable
          slug={project.slug}
          names={names}
          onCreatePrompt={hasScope(ctx, "prompts:write") ? createNamedPrompt.bind(null, project.slug) : null}
        />
      )}
    </>
  );
}
