import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { StemmaGraph } from "#components/charts/stemma-graph.tsx";
import { SimulatedBadge } from "#components/models/simulated-badge.tsx";
import { descentOf } from "#components/traces/descent.ts";
import { packSpans } from "#components/traces/pack-spans.ts";
import type { SpanView } from "#components/traces/span-panel.tsx";
import { TraceNeighbors } from "#components/traces/trace-neighbors.tsx";
import { rootOf, traceFacts } from "#components/traces/trace-totals.ts";
import { Badge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy-id.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Context, hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { requirePage } from "#lib/http/page.ts";
import { listScoreDefinitions } from "#lib/scores/definitions.ts";
import { listScoreNames } from "#lib/scores/queries.ts";
import { findSpan, findTraceOutline } from "#lib/traces/store/find-trace.ts";
import type { SpanSummary } from "#lib/traces/store/span-rows.ts";
import { DeleteOfLeaf } from "../delete-of-leaf.tsx";
import { describeLinks } from "./describe-links.ts";
import { LatencyBadge } from "./latency-badge.tsx";
import { TraceLeaf } from "./trace-leaf.tsx";

export const metadata: Metadata = { title: "Trace" };

/** A longer trace is no one request, and has none to be compared with. */
const rankedSpans = 1000;

type TracePageProps = {
  params: Promise<{ project: string; traceId: string }>;
  searchParams: Promise<{ span?: string | string[] }>;
};

export default async function TracePage({ params, searchParams }: TracePageProps) {
  const { project: projectSlug, traceId } = await params;
  const { ctx, project } = await requirePage(projectSlug);
  const wanted = [(await searchParams).span].flat()[0];
  const [outline, datasets, scoreNames, definitions] = await Promise.all([
    findTraceOutline(ctx, traceId).catch(toNotFound),
    listDatasets(ctx, { limit: 200 }),
    listScoreNames(ctx),
    listScoreDefinitions(ctx),
  ]);
  const { spans, scores } = outline;
  const root = rootOf(spans);
  const calls = spans.filter((each) => each.isModelCall);
  const first = spans.find((each) => each.spanId === wanted) ?? (calls.length === 1 ? calls[0]! : root);
  const answer = calls.find((call) => call.prompt?.versionId || call.assignment) ?? calls[0] ?? root;
  const [view, answerView] = await Promise.all([
    readView(ctx, outline.traceId, first),
    first === answer ? null : readView(ctx, outline.traceId, answer),
  ]);
  const descent = descentOf(project.slug, (answerView ?? view).links, { label: answer.name });

  return (
    <>
      <PageHeader
        title={root.name}
        crumbs={[{ label: "Traces", href: `/${project.slug}/traces` }]}
        badges={
          <>
            <CopyId id={outline.traceId} label="trace id" />
            {spans.some((each) => each.status === "error") && <Badge tone="harm">Error</Badge>}
            {spans.some((each) => each.provider === "rehearsal") && <SimulatedBadge />}
            {spans.length <= rankedSpans && (
              <Suspense>
                <LatencyBadge ctx={ctx} traceId={outline.traceId} />
              </Suspense>
            )}
          </>
        }
        actions={
          <>
            <TraceNeighbors slug={project.slug} traceId={outline.traceId} />
            {hasScope(ctx, "admin") && (
              <DeleteOfLeaf
                slug={project.slug}
                of={{ traceIds: [outline.traceId] }}
                backHref={`/${project.slug}/traces`}
              />
            )}
          </>
        }
        description={
          <span className="tabular-nums">
            <RelativeTime value={spans[0]!.startTimeUs / 1000} /> · {traceFacts(spans).join(" · ")}
          </span>
        }
      />
      {descent.length > 0 && (
        <div className="mb-4 border-t border-border pt-2">
          <StemmaGraph label="Descent of this answer" nodes={descent} />
        </div>
      )}
      <TraceLeaf
        key={outline.traceId}
        slug={project.slug}
        traceId={outline.traceId}
        packedSpans={packSpans(
          spans.map(({ spanId, parentSpanId, name, operation, status, startTimeUs, durationUs }) => ({
            spanId,
            parentSpanId,
            name,
            operation,
            status,
            startTimeUs,
            durationUs,
          })),
        )}
        first={view}
        scores={scores}
        scoreNames={scoreNames}
        definitions={definitions}
        actorId={ctx.actor.id}
        datasets={datasets.data.map((dataset) => dataset.name)}
        maySave={hasScope(ctx, "scores:write")}
      />
    </>
  );
}

async function readView(ctx: Context, traceId: string, { spanId }: SpanSummary): Promise<SpanView> {
  const span = await findSpan(ctx, traceId, spanId);
  return { span, links: await describeLinks(ctx, span) };
}

function toNotFound(error: unknown): never {
  if (isAppError(error) && error.code === "not_found") notFound();
  throw error;
}
