import { firstTraceSnippets } from "#components/auth/first-trace-snippets.ts";
import { CreateKeyDialog } from "#components/settings/create-key-dialog.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { listApiKeys } from "#lib/projects/api-keys.ts";
import { createApiKey } from "../actions.ts";
import { ApiKeys } from "./api-keys.tsx";

export default async function ApiKeysPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  if (!hasScope(ctx, "admin")) {
    return (
      <EmptyState title="Only admins and owners see API keys">
        Ask one of them for a key; the members page says who they are.
      </EmptyState>
    );
  }
  const keys = await listApiKeys(ctx);
  return (
    <>
      <Section
        title="API keys"
        description="Programs sign in with a key: they send traces, read prompts, call deployments."
        actions={<CreateKeyDialog onCreate={createApiKey.bind(null, project.slug)} />}
      >
        {keys.length === 0 ? (
          <p className="text-sm text-muted">No keys yet. Create one to send a first trace.</p>
        ) : (
          <ApiKeys
            slug={project.slug}
            keys={keys.map((key) => ({
              ...key,
              createdAt: key.createdAt.toISOString(),
              lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
              revokedAt: key.revokedAt?.toISOString() ?? null,
            }))}
          />
        )}
      </Section>
      <Section
        title="Send a trace with a key"
        description="With your secret key in place of “YOUR_SECRET_KEY”."
      >
        <CodeBlock code={firstTraceSnippets(publicOrigin(), "YOUR_SECRET_KEY")} className="max-w-3xl" />
      </Section>
    </>
  );
}
