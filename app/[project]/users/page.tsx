import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { requirePage } from "#lib/http/page.ts";
import { listUsers } from "#lib/traces/store/list-actors.ts";
import { ActorLeaf } from "../traces/actor-leaf.tsx";

export const metadata = { title: "Users" };

export default async function UsersPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const first = await listUsers(ctx, { limit: 200 });
  return (
    <>
      <PageHeader
        title="Users"
        crumbs={[{ label: "Traces", href: `/${project.slug}/traces` }]}
        description="The people whose requests were traced in the last 30 days, by the id that applications send."
      />
      <ActorLeaf
        slug={project.slug}
        kind="user"
        first={first}
        empty={
          <EmptyState title="No users in the last 30 days">
            Spans that carry <code>user.id</code> belong to a user, and so do gateway calls with{" "}
            <code>metadata.user_id</code>. Send an id, not a name: it is shown as it comes.
          </EmptyState>
        }
      />
    </>
  );
}
