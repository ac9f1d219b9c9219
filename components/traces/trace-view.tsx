"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { countOf } from "#components/ui/format.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { Score, ScoreDefinition } from "#lib/scores/schema.ts";
import { unpackSpans } from "./pack-spans.ts";
import { traceHref } from "./span-links.ts";
import { type SpanActions, SpanPanel, type SpanView } from "./span-panel.tsx";
import { layoutSpans, traceBounds, visibleRows } from "./span-tree.ts";
import { SpanWaterfall } from "./span-waterfall.tsx";
import { neighborsOf } from "./trace-order.ts";
import { useSpanKeys } from "./use-span-keys.ts";

type TraceViewProps = SpanActions & {
  slug: string;
  traceId: string;
  /** From `packSpans`. */
  packedSpans: string;
  /** The span shown first, with its content. */
  first: SpanView;
  scores: readonly Score[];
  scoreNames: readonly string[];
  definitions: readonly ScoreDefinition[];
  actorId: string;
  datasets: readonly string[];
  loadSpan: (spanId: string) => Promise<ActionResult<SpanView>>;
};

/** A trace: tree and timeline at the left, the selected span at the right. Content is fetched span by span. */
export function TraceView(props: TraceViewProps) {
  const { slug, traceId, packedSpans, first, loadSpan } = props;
  const [selectedId, setSelectedId] = useState(first.span.spanId);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [tab, setTab] = useState("");
  const spans = useMemo(() => unpackSpans(packedSpans), [packedSpans]);
  const all = useMemo(() => layoutSpans(spans), [spans]);
  const bounds = useMemo(() => traceBounds(spans), [spans]);
  const rows = useMemo(() => visibleRows(all, collapsed), [all, collapsed]);
  const { view, error, retry } = useSpanView(first, selectedId, loadSpan);
  const goTo = useNeighbors(slug, traceId);

  const select = useCallback(
    (spanId: string) => {
      setSelectedId(spanId);
      // The address follows without a request: a link to this span can be copied at any moment.
      window.history.replaceState(null, "", traceHref(slug, traceId, spanId));
    },
    [slug, traceId],
  );
  const toggle = useCallback((spanId: string) => {
    setCollapsed((now) => {
      const next = new Set(now);
      if (!next.delete(spanId)) next.add(spanId);
      return next;
    });
  }, []);

  useSpanKeys({ rows, selectedId, collapsed, onSelect: select, onToggle: toggle, onNeighbor: goTo });

  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
      <div className="min-w-0">
        <SpanWaterfall
          rows={rows}
          bounds={bounds}
          selectedId={selectedId}
          collapsed={collapsed}
          onSelect={select}
          onToggle={toggle}
        />
        <p className="hidden flex-wrap gap-x-3 gap-y-1 border-t border-border py-2 text-xs text-muted sm:flex">
          <span>{countOf(spans.length, "span")}</span>
          <span>
            <Kbd>↑</Kbd> <Kbd>↓</Kbd> spans
          </span>
          <span>
            <Kbd>←</Kbd> <Kbd>→</Kbd> close, open
          </span>
          <span>
            <Kbd>n</Kbd> <Kbd>p</Kbd> next, previous trace
          </span>
        </p>
      </div>
      <div className="min-w-0" aria-busy={view === null}>
        {error !== null ? (
          <p role="alert" className="text-harm">
            {error}{" "}
            <Button size="sm" onClick={retry}>
              Try again
            </Button>
          </p>
        ) : view ? (
          <SpanPanel {...props} view={view} tab={tab} onTabChange={setTab} />
        ) : (
          <PanelSkeleton />
        )}
      </div>
    </div>
  );
}

/** The content of the selected span: kept once fetched, and fetched only when the selection rests. */
function useSpanView(
  first: SpanView,
  selectedId: string,
  loadSpan: TraceViewProps["loadSpan"],
): { view: SpanView | null; error: string | null; retry: () => void } {
  const kept = useRef(new Map([[first.span.spanId, first]]));
  const [, setFetched] = useState(0);
  const [failed, setFailed] = useState<{ spanId: string; message: string } | null>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt asks again for the same span
  useEffect(() => {
    if (kept.current.has(selectedId)) return;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const result = await loadSpan(selectedId).catch(() => null);
      if (result?.ok) {
        kept.current.set(selectedId, result.data);
        setFetched((count) => count + 1);
      } else if (isCurrent) {
        setFailed({
          spanId: selectedId,
          message: result?.error.message ?? "The server could not be reached.",
        });
      }
    }, 60);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [selectedId, loadSpan, attempt]);

  // What the server has rendered anew is newer than what was kept of that span.
  useEffect(() => {
    kept.current.set(first.span.spanId, first);
  }, [first]);

  return {
    view: kept.current.get(selectedId) ?? null,
    error: failed?.spanId === selectedId ? failed.message : null,
    retry: () => {
      setFailed(null);
      setAttempt((count) => count + 1);
    },
  };
}

function useNeighbors(slug: string, traceId: string): (which: "next" | "previous") => void {
  const router = useRouter();
  return useCallback(
    (which) => {
      const neighbor = neighborsOf(slug, traceId)[which];
      if (neighbor) router.push(traceHref(slug, neighbor));
    },
    [router, slug, traceId],
  );
}

function PanelSkeleton() {
  return (
    <div className="flex flex-col gap-3" aria-hidden="true">
      <Skeleton className="h-6 w-2/3" />
      <Skeleton className="h-4 w-1/2" />
      <Skeleton className="h-9 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  );
}
