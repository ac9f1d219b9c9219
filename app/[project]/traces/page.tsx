import { redirect } from "next/navigation";
import { type ReactNode, Suspense } from "react";
import { parseFilter } from "#components/traces/filter-language.ts";
import { timeRangeLabel } from "#components/traces/time-range.ts";
import { toTraceFilter } from "#components/traces/to-trace-filter.ts";
import { ZoomingCharts } from "#components/traces/trace-list.tsx";
import {
  readTraceListState,
  type TraceListState,
  traceListQuery,
  viewHref,
} from "#components/traces/trace-list-state.ts";
import { traceSnippets } from "#components/traces/trace-snippets.ts";
import { WaitingForFirst } from "#components/traces/waiting-for-first.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type Context, hasScope } from "#lib/core/context.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { listDeployments } from "#lib/deployments/queries.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { listModels } from "#lib/models/queries.ts";
import { listSavedViews } from "#lib/traces/saved-views.ts";
import type { TraceFilterDraft } from "#lib/traces/schema.ts";
import { listOpenDeletions } from "#lib/traces/start-deletion.ts";
import { hasUnlinked } from "#lib/traces/store/count-unlinked.ts";
import { searchTraces } from "#lib/traces/store/search-traces.ts";
import { chartTraces } from "#lib/traces/store/trace-charts.ts";
import { listFacets } from "./list-facets.ts";
import { TraceListLeaf } from "./trace-list-leaf.tsx";

export const metadata = { title: "Traces" };

type TracesPageProps = {
  params: Promise<{ project: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const nothing: { data: never[]; nextCursor: null } = { data: [], nextCursor: null };

export default async function TracesPage({ params, searchParams }: TracesPageProps) {
  const { ctx, project } = await requirePage((await params).project);
  const asked = await searchParams;
  const views = await listSavedViews(ctx);
  const opening = views.find((view) => view.isDefault);
  if (opening && Object.keys(asked).length === 0) redirect(viewHref(project.slug, opening));
  const state = readTraceListState(asked);
  const { terms, problems } = parseFilter(state.filter);
  const filter = toTraceFilter(terms, state.range, Date.now());
  // A filter that can't be read whole is not run in part: fewer terms would list what was meant to be left out.
  const isReadable = problems.length === 0;
  const maySave = hasScope(ctx, "evaluations:write");
  const [page, facets, deletions, datasets] = await Promise.all([
    isReadable ? searchTraces(ctx, { filter, sort: state.sort, limit: 100 }) : nothing,
    listFacets(ctx),
    listOpenDeletions(ctx),
    maySave ? listDatasets(ctx, { limit: 200 }) : nothing,
  ]);
  const isNew = page.data.length === 0 && isReadable && (await hasNoTraces(ctx));

  return (
    <>
      <PageHeader
        title="Traces"
        description={isNew ? undefined : "What applications asked, what was answered, and by which version."}
        actions={
          isNew ? undefined : (
            <>
              <Suspense>
                <Unresolved ctx={ctx} slug={project.slug} />
              </Suspense>
              <LinkButton href={`/${project.slug}/sessions`}>Sessions</LinkButton>
              <LinkButton href={`/${project.slug}/users`}>Users</LinkButton>
            </>
          )
        }
      />
      {isNew ? (
        <FirstTrace ctx={ctx} slug={project.slug} />
      ) : (
        <TraceListLeaf
          slug={project.slug}
          state={state}
          filter={filter}
          first={page}
          isReadable={isReadable}
          facets={facets}
          mayDelete={hasScope(ctx, "admin")}
          maySave={maySave}
          datasets={datasets.data.map((dataset) => dataset.name)}
          views={views}
          deletions={deletions}
          empty={<NoMatch slug={project.slug} state={state} isReadable={isReadable} />}
          charts={
            page.data.length > 0 && (
              <Suspense key={traceListQuery(state)} fallback={<Skeleton className="h-28 w-full" />}>
                <Charts ctx={ctx} slug={project.slug} state={state} filter={filter} />
              </Suspense>
            )
          }
        />
      )}
    </>
  );
}

async function Unresolved({ ctx, slug }: { ctx: Context; slug: string }) {
  return (
    (await hasUnlinked(ctx)) && <LinkButton href={`/${slug}/traces/unresolved`}>Unresolved names</LinkButton>
  );
}

type ChartsProps = { ctx: Context; slug: string; state: TraceListState; filter: TraceFilterDraft };

async function Charts({ ctx, slug, state, filter }: ChartsProps): Promise<ReactNode> {
  const from = filter.from ?? (await firstTime(ctx, filter));
  if (!from) return null;
  const to = filter.to ?? new Date().toISOString();
  return (
    <ZoomingCharts slug={slug} state={state} buckets={await chartTraces(ctx, { ...filter, from, to })} />
  );
}

async function firstTime(ctx: Context, filter: TraceFilterDraft): Promise<string | null> {
  const { data } = await searchTraces(ctx, { filter, sort: "oldest", limit: 1 });
  return data[0] ? new Date(data[0].startTimeUs / 1000).toISOString() : null;
}

async function hasNoTraces(ctx: Context): Promise<boolean> {
  const { data } = await searchTraces(ctx, { filter: {}, limit: 1 });
  return data.length === 0;
}

type NoMatchProps = { slug: string; state: TraceListState; isReadable: boolean };

function NoMatch({ slug, state, isReadable }: NoMatchProps) {
  if (!isReadable) {
    return (
      <EmptyState title="This filter can't be read">
        Nothing is listed until every term is understood: see what is said under the filter.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={state.filter ? "No trace matches" : `No traces: ${timeRangeLabel(state.range).toLowerCase()}`}
      actions={
        <>
          {state.range.type !== "all" && (
            <LinkButton href={`/${slug}/traces${traceListQuery({ ...state, range: { type: "all" } })}`}>
              Look in all time
            </LinkButton>
          )}
          {state.filter && (
            <LinkButton href={`/${slug}/traces${traceListQuery({ ...state, filter: "" })}`}>
              Clear the filter
            </LinkButton>
          )}
        </>
      }
    >
      {state.filter
        ? "All terms of the filter must hold for one trace."
        : "There are traces of other times in this project."}
    </EmptyState>
  );
}

async function FirstTrace({ ctx, slug }: { ctx: Context; slug: string }) {
  const [deployments, models] = await Promise.all([listDeployments(ctx, { limit: 1 }), listModels(ctx)]);
  const callable = deployments.data[0]?.name ?? models[0]?.name ?? null;
  return (
    <EmptyState
      title="Send the first trace"
      actions={
        <>
          <LinkButton href={`/${slug}/settings/api-keys`}>Make an API key</LinkButton>
          <span className="self-center">
            <WaitingForFirst />
          </span>
        </>
      }
      snippet={<CodeBlock code={traceSnippets(publicOrigin(), callable)} label="Send a trace" />}
    >
      A trace is what one request did: every model call, tool and step, with its messages, tokens, cost and
      time. Any OpenTelemetry exporter can send here, and so can the SDKs that speak its GenAI conventions.
      With a key that has <code>traces:write</code>, this command works as it stands.
    </EmptyState>
  );
}
