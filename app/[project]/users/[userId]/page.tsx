import { notFound } from "next/navigation";
import { termText } from "#components/traces/filter-language.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { searchTraces } from "#lib/traces/store/search-traces.ts";
import { DeleteOfLeaf } from "../../traces/delete-of-leaf.tsx";
import { TraceListLeaf } from "../../traces/trace-list-leaf.tsx";

export const metadata = { title: "User" };

type UserPageProps = { params: Promise<{ project: string; userId: string }> };

export default async function UserPage({ params }: UserPageProps) {
  const { project: projectSlug, userId: encoded } = await params;
  const userId = decodeURIComponent(encoded);
  const { ctx, project } = await requirePage(projectSlug);
  const filter = { userId };
  const first = await searchTraces(ctx, { filter, limit: 100 });
  if (first.data.length === 0) notFound();
  const mayDelete = hasScope(ctx, "admin");

  return (
    <>
      <PageHeader
        title={userId}
        crumbs={[
          { label: "Traces", href: `/${project.slug}/traces` },
          { label: "Users", href: `/${project.slug}/users` },
        ]}
        description="Everything traced of this user. Any further filter leads to the list of all traces."
        actions={
          mayDelete && (
            <DeleteOfLeaf
              slug={project.slug}
              of={{ userId }}
              traceCount={first.nextCursor === null ? first.data.length : null}
              backHref={`/${project.slug}/users`}
            />
          )
        }
      />
      <TraceListLeaf
        slug={project.slug}
        state={{ filter: termText("user", ":", userId), range: { type: "all" }, sort: "newest" }}
        filter={filter}
        first={first}
        isReadable
        facets={{}}
        mayDelete={mayDelete}
        empty={null}
        charts={null}
      />
    </>
  );
}
