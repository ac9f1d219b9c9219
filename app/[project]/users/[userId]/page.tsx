import { notFound } from "next/navigation";
import { ActorTotalsRow } from "#components/traces/actor-totals.tsx";
import { termText } from "#components/traces/filter-language.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { requirePage } from "#lib/http/page.ts";
import { findActor } from "#lib/traces/store/find-actor.ts";
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
  const maySave = hasScope(ctx, "evaluations:write");
  const [first, totals, datasets] = await Promise.all([
    searchTraces(ctx, { filter, limit: 100 }),
    findActor(ctx, { userId }).catch(toNotFound),
    maySave ? listDatasets(ctx, { limit: 200 }) : { data: [] },
  ]);
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
            <DeleteOfLeaf slug={project.slug} of={{ userId }} backHref={`/${project.slug}/users`} />
          )
        }
      />
      <ActorTotalsRow kind="user" totals={totals} />
      <TraceListLeaf
        slug={project.slug}
        state={{
          filter: termText("user", ":", userId),
          range: { type: "all" },
          sort: "newest",
          viewId: null,
        }}
        filter={filter}
        first={first}
        isReadable
        facets={{}}
        mayDelete={mayDelete}
        maySave={maySave}
        datasets={datasets.data.map((dataset) => dataset.name)}
        views={null}
        deletions={[]}
        empty={null}
        charts={null}
      />
    </>
  );
}

function toNotFound(error: unknown): never {
  if (isAppError(error) && error.code === "not_found") notFound();
  throw error;
}
