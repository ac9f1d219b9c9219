import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { StemmaGraph } from "#components/charts/stemma-graph.tsx";
import { SimulatedBadge } from "#components/models/simulated-badge.tsx";
import { descentOf } from "#components/traces/descent.ts";
import { packSpans } from "#components/traces/pack-spans.ts";
import type { SpanView } from "#components/traces/span-panel.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy-id.tsx";
import { countOf, formatCount, formatDuration, formatUsd } from "#components/ui/format.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Context, hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { requirePage } from "#lib/http/page.ts";
import { listScoreNames } from "#lib/scores/queries.ts";
import { findSpan, findTraceOutline } from "#lib/traces/store/find-trace.ts";
import type { SpanSummary } from "#lib/traces/store/span-rows.ts";
import { describeLinks } from "./describe-links.ts";
import { TraceLeaf } from "./trace-leaf.tsx";

export const metadata: Metadata = { title: "Trace" };

type TracePageProps = {
  params: Promise<{ project: string; traceId: string }>;
  searchParams: Promise<{ span?: string | string[] }>;
};

export default async function TracePage({ params, searchParams }: TracePageProps) {
  const { project: projectSlug, traceId } = await params;
  const { ctx, project } = await requirePage(projectSlug);
  const wanted = [(await searchParams).span].flat()[0];
  const [outline, datasets, scoreNames] = await Promise.all([
    findTraceOutline(ctx, traceId).catch(toNotFound),
    listDatasets(ctx, { limit: 200 }),
    listScoreNames(ctx),
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
            {spans.some((each) => each.status === "error") && <Badge tone="harm">Error</Badge>}
            {spans.some((each) => each.provider === "rehearsal") && <SimulatedBadge />}
          </>
        }
        description={<TraceSummary traceId={outline.traceId} spans={spans} />}
      />
      {descent.length > 0 && (
        <div className="mb-4 border-t border-border pt-2">
          <StemmaGraph label="Descent of this answer" direction="horizontal" nodes={descent} />
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
        datasets={datasets.data.map((dataset) => dataset.name)}
        maySave={hasScope(ctx, "scores:write")}
      />
    </>
  );
}

function TraceSummary({ traceId, spans }: { traceId: string; spans: readonly SpanSummary[] }) {
  const startUs = Math.min(...spans.slice(0, 1).map((span) => span.startTimeUs));
  const endUs = spans.reduce((last, span) => Math.max(last, span.endTimeUs ?? span.startTimeUs), startUs);
  // Parents repeat what their calls used: only leaf model calls are summed.
  const calls = spans.filter((span) => span.isModelCall);
  const tokensIn = sumKnown(calls.map((call) => call.usage.inputTokens));
  const tokensOut = sumKnown(calls.map((call) => call.usage.outputTokens));
  const cost = sumKnown(calls.map((call) => call.cost.usd));
  const facts = [
    formatDuration((endUs - startUs) / 1000),
    countOf(spans.length, "span"),
    calls.length > 0 ? countOf(calls.length, "model call") : null,
    tokensIn === null && tokensOut === null
      ? null
      : `${tokensIn === null ? "?" : formatCount(tokensIn)} in, ${tokensOut === null ? "?" : formatCount(tokensOut)} out tokens`,
    cost === null ? null : formatUsd(cost),
  ];
  return (
    <span className="tabular-nums">
      <RelativeTime value={startUs / 1000} /> · {facts.filter(Boolean).join(" · ")} ·{" "}
      <CopyId id={traceId} label="trace id" />
    </span>
  );
}

async function readView(ctx: Context, traceId: string, { spanId }: SpanSummary): Promise<SpanView> {
  const span = await findSpan(ctx, traceId, spanId);
  return { span, links: await describeLinks(ctx, span) };
}

/** The first span whose parent is not in the trace; spans come in order of start. */
function rootOf(spans: readonly SpanSummary[]): SpanSummary {
  const ids = new Set(spans.map((span) => span.spanId));
  return spans.find((span) => span.parentSpanId === null || !ids.has(span.parentSpanId)) ?? spans[0]!;
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function toNotFound(error: unknown): never {
  if (isAppError(error) && error.code === "not_found") notFound();
  throw error;
}
