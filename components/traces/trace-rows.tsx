"use client";

import { ArrowUp, Download, Radio } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { countOf } from "#components/ui/format.ts";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { showError } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { TraceFilterDraft, TraceSummary } from "#lib/traces/schema.ts";
import { DeleteTraces } from "./delete-traces.tsx";
import { exportUrl } from "./export-url.ts";
import { mergeTraces } from "./merge-traces.ts";
import { traceHref } from "./span-links.ts";
import { traceColumns } from "./trace-columns.tsx";
import { rememberTraceOrder } from "./trace-order.ts";
import { useLiveTraces } from "./use-live-traces.ts";

export type TracePage = { data: TraceSummary[]; nextCursor: string | null };

export type TraceRowsProps = {
  slug: string;
  filter: TraceFilterDraft;
  sort: "newest" | "oldest";
  onSortChange: (sort: "newest" | "oldest") => void;
  first: TracePage;
  /** What stands in place of an empty table. */
  empty: ReactNode;
  search: (input: {
    filter: TraceFilterDraft;
    sort: "newest" | "oldest";
    cursor: string | null;
  }) => Promise<ActionResult<TracePage>>;
  /** Null where the person may not delete. */
  onDelete: ((traceIds: string[]) => Promise<ActionResult<{ deleted: number }>>) | null;
};

/** The rows that match: older ones as one scrolls, newer ones as they arrive when live. Remount it for another search. */
export function TraceRows(props: TraceRowsProps) {
  const { slug, filter, sort, onSortChange, first, empty, search, onDelete } = props;
  const box = useRef<HTMLDivElement>(null);
  const [traces, setTraces] = useState({ shown: first.data, waiting: [] as TraceSummary[] });
  const [cursor, setCursor] = useState(first.nextCursor);
  const [isLoading, setLoading] = useState(false);
  const [isLive, setLive] = useState(false);
  const live = useLiveTraces(isLive, `/api/v1/traces/live?project=${encodeURIComponent(slug)}`, readNew);
  const { shown, waiting } = traces;

  useEffect(() => {
    rememberTraceOrder(
      slug,
      shown.map((trace) => trace.traceId),
    );
  }, [slug, shown]);

  async function loadMore() {
    if (isLoading || cursor === null) return;
    setLoading(true);
    const result = await search({ filter, sort, cursor }).catch(() => null);
    setLoading(false);
    if (!result?.ok) {
      showError(result?.error.message ?? "The server could not be reached. Try again.");
      return;
    }
    const known = new Set(shown.map((trace) => trace.traceId));
    const older = result.data.data.filter((trace) => !known.has(trace.traceId));
    setTraces((now) => ({ ...now, shown: [...now.shown, ...older] }));
    setCursor(result.data.nextCursor);
  }

  async function readNew() {
    const result = await search({ filter: { ...filter, to: undefined }, sort: "newest", cursor: null });
    if (!result.ok) return;
    setTraces((now) => {
      const known = new Set([...now.shown, ...now.waiting].map((trace) => trace.traceId));
      const oldestUs = now.shown.at(-1)?.startTimeUs ?? 0;
      // With older pages on show, what is neither known nor newer than they are belongs further down.
      const read = result.data.data.filter(
        (trace) => known.has(trace.traceId) || trace.startTimeUs >= oldestUs,
      );
      return mergeTraces(now, read, !isBeingRead(box.current));
    });
  }

  function showWaiting() {
    box.current?.querySelector("table")?.parentElement?.scrollTo({ top: 0 });
    setTraces((now) => mergeTraces(now, [], true));
  }

  function forget(ids: readonly string[]) {
    const gone = new Set(ids);
    setTraces((now) => ({ ...now, shown: now.shown.filter((trace) => !gone.has(trace.traceId)) }));
  }

  return (
    <div ref={box} className="relative min-w-0">
      {waiting.length > 0 && (
        <div className="pointer-events-none absolute inset-x-0 top-12 z-20 flex justify-center">
          <Button variant="primary" size="sm" className="pointer-events-auto" onClick={showWaiting}>
            <ArrowUp aria-hidden="true" /> {countOf(waiting.length, "new trace")}
          </Button>
        </div>
      )}
      <DataTable
        label="Traces"
        noun="trace"
        rows={shown}
        columns={traceColumns}
        rowId={(trace) => trace.traceId}
        rowHref={(trace) => traceHref(slug, trace.traceId)}
        empty={empty}
        sort={{
          value: { columnId: "time", isDescending: sort === "newest" },
          onChange: (next) => onSortChange(next?.isDescending ? "newest" : "oldest"),
        }}
        toolbar={
          <>
            <LiveToggle isOn={isLive} status={live} isAllowed={sort === "newest"} onChange={setLive} />
            <ExportMenu slug={slug} filter={filter} />
          </>
        }
        bulkActions={
          onDelete
            ? (ids, clear) => (
                <DeleteTraces
                  traceCount={ids.length}
                  spanCount={sumSpans(shown, ids)}
                  onDelete={() => onDelete(ids)}
                  onDeleted={() => {
                    forget(ids);
                    clear();
                  }}
                />
              )
            : undefined
        }
        onLoadMore={cursor === null ? undefined : loadMore}
        isLoading={isLoading}
        storageKey="traces"
      />
    </div>
  );
}

type LiveToggleProps = {
  isOn: boolean;
  status: ReturnType<typeof useLiveTraces>;
  isAllowed: boolean;
  onChange: (isOn: boolean) => void;
};

function LiveToggle({ isOn, status, isAllowed, onChange }: LiveToggleProps) {
  const isFlowing = isOn && (status === "streaming" || status === "polling");
  return (
    <Button
      size="sm"
      aria-pressed={isOn}
      disabled={!isAllowed}
      title={isAllowed ? "Show traces as they arrive" : "Sort newest first to follow what arrives"}
      onClick={() => onChange(!isOn)}
      className="aria-pressed:border-accent aria-pressed:text-accent"
    >
      <Radio aria-hidden="true" className={classNames(isFlowing && "animate-pulse")} />
      Live
    </Button>
  );
}

function ExportMenu({ slug, filter }: { slug: string; filter: TraceFilterDraft }) {
  return (
    <Menu
      trigger={
        <Button size="sm">
          <Download aria-hidden="true" /> Export
        </Button>
      }
    >
      {(["csv", "jsonl"] as const).map((format) => (
        <MenuItem key={format} onSelect={() => window.location.assign(exportUrl(slug, filter, format))}>
          All that match, as {format === "csv" ? "CSV" : "JSON lines"}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** Whether moving the rows would pull them from under someone: scrolled down, pointed at, focused or selected. */
function isBeingRead(box: HTMLElement | null): boolean {
  const scroller = box?.querySelector("table")?.parentElement;
  if (!scroller) return false;
  return (
    scroller.scrollTop > 0 ||
    scroller.matches(":hover") ||
    scroller.contains(document.activeElement) ||
    scroller.querySelector("[aria-selected=true]") !== null
  );
}

function sumSpans(traces: readonly TraceSummary[], ids: readonly string[]): number {
  const wanted = new Set(ids);
  return traces.reduce((sum, trace) => sum + (wanted.has(trace.traceId) ? trace.spanCount : 0), 0);
}
