import { WebhookDialog } from "#components/settings/webhook-dialog.tsx";
import { WebhookList } from "#components/settings/webhook-list.tsx";
import { verificationSnippet } from "#components/settings/webhook-snippet.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { listDeliveries, listWebhooks } from "#lib/webhooks/queries.ts";
import { addWebhook, editWebhook, removeWebhook, sendAgain, testWebhook } from "./actions.ts";

export default async function WebhooksPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  if (!hasScope(ctx, "admin")) {
    return (
      <EmptyState title="Only admins and owners see webhooks">
        Ask one of them for one; the members page says who they are.
      </EmptyState>
    );
  }
  const webhooks = await listWebhooks(ctx);
  const logs = await Promise.all(
    webhooks.map((webhook) => listDeliveries(ctx, { webhookId: webhook.id, limit: 20 })),
  );
  return (
    <>
      <Section
        title="Webhooks"
        description="What happens to A/B tests, told to your own systems: chat, pagers, pipelines."
        actions={<WebhookDialog onCreate={addWebhook.bind(null, project.slug)} />}
      >
        {webhooks.length === 0 ? (
          <p className="text-sm text-muted">
            No webhooks yet. Add one to hear of wrong splits, harm, and variants that are ready to ship.
          </p>
        ) : (
          <WebhookList
            webhooks={webhooks}
            deliveries={logs.flatMap((log) => log.data)}
            onChange={editWebhook.bind(null, project.slug)}
            onDelete={removeWebhook.bind(null, project.slug)}
            onTest={testWebhook.bind(null, project.slug)}
            onRedeliver={sendAgain.bind(null, project.slug)}
          />
        )}
      </Section>
      <Section
        title="Check what arrives"
        description="Signed as Standard Webhooks says: its libraries for your language verify it. A delivery is tried eight times within about eleven hours; answer any 2xx when you have it. The same webhook-id twice is the same message."
      >
        <CodeBlock label="TypeScript" code={verificationSnippet} className="max-w-3xl" />
      </Section>
    </>
  );
}
