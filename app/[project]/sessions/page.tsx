import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { requirePage } from "#lib/http/page.ts";
import { listSessions } from "#lib/traces/store/list-actors.ts";
import { ActorLeaf } from "../traces/actor-leaf.tsx";

export const metadata = { title: "Sessions" };

export default async function SessionsPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const first = await listSessions(ctx, { limit: 200 });
  return (
    <>
      <PageHeader
        title="Sessions"
        crumbs={[{ label: "Traces", href: `/${project.slug}/traces` }]}
        description="Traces that belong to one conversation, of the last 30 days."
      />
      <ActorLeaf
        slug={project.slug}
        kind="session"
        first={first}
        empty={
          <EmptyState title="No sessions in the last 30 days">
            Spans that carry <code>gen_ai.conversation.id</code> or <code>session.id</code> make a session,
            and so do gateway calls with <code>metadata.session_id</code>.
          </EmptyState>
        }
      />
    </>
  );
}
