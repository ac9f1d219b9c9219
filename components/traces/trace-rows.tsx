"use client";

import { ArrowUp, Download, Pause, Play, Radio } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { countOf, formatCount } from "#components/ui/format.ts";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { showError } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { TraceFilterDraft, TraceSort, TraceSummary } from "#lib/traces/schema.ts";
import type { DeletionOutcome } from "#lib/traces/start-deletion.ts";
import { type AddedTraces, AddSelected } from "./add-selected.tsx";
import { DeleteTraces } from "./delete-traces.tsx";
import { exportUrl, liveUrl } from "./export-url.ts";
import { type Merged, mergeTraces } from "./merge-traces.ts";
import { traceHref } from "./span-links.ts";
import { traceColumns } from "./trace-columns.tsx";
import { rememberTraceOrder } from "./trace-order.ts";
import { columnOf, sortOf } from "./trace-sort.ts";
import { type LiveStatus, useLiveTraces } from "./use-live-traces.ts";

export type TracePage = { data: TraceSummary[]; nextCursor: string | null };

export type TraceRowsProps = {
  slug: string;
  filter: TraceFilterDraft;
  sort: TraceSort;
  onSortChange: (sort: TraceSort) => void;
  first: TracePage;
  /** What stands in place of an empty table. */
  empty: ReactNode;
  /** Whether what arrives is followed; kept by the page, for rows are made anew with each search. */
  isLive: boolean;
  onLiveChange: (isLive: boolean) => void;
  search: (input: {
    filter: TraceFilterDraft;
    sort: TraceSort;
    cursor: string | null;
  }) => Promise<ActionResult<TracePage>>;
  /** How many match in all. */
  count: (filter: TraceFilterDraft) => Promise<ActionResult<number>>;
  /** What may be done with selected traces; each is null where the person may not. */
  selection: {
    onCount: (traceIds: string[]) => Promise<ActionResult<{ traces: number; spans: number }>>;
    onDelete: ((traceIds: string[]) => Promise<ActionResult<DeletionOutcome>>) | null;
    onAdd: ((traceIds: string[], dataset: string) => Promise<ActionResult<AddedTraces>>) | null;
    datasets: readonly string[];
  };
};

/** The rows that match: older ones as one scrolls, newer ones as they arrive when live. Remount it for another search. */
export function TraceRows(props: TraceRowsProps) {
  const { slug, filter, sort, onSortChange, first, empty, search, selection, isLive, onLiveChange } = props;
  const box = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const [traces, setTraces] = useState<Merged>({ shown: first.data, waiting: [] });
  const [cursor, setCursor] = useState(first.nextCursor);
  const [isLoading, setLoading] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const isFollowing = isLive && sort === "newest";
  const live = useLiveTraces({
    isOn: isFollowing,
    streamUrl: liveUrl(slug, filter),
    onTraces: take,
    onBehind: readNew,
  });
  const { shown, waiting } = traces;
  const total = useTotal(filter, first, props.count);

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
    setTraces((now) => {
      const known = new Set(now.shown.map((trace) => trace.traceId));
      const older = result.data.data.filter((trace) => !known.has(trace.traceId));
      return { ...now, shown: [...now.shown, ...older] };
    });
    setCursor(result.data.nextCursor);
  }

  function take(arrived: readonly TraceSummary[]) {
    setTraces((now) => {
      const known = new Set([...now.shown, ...now.waiting].map((trace) => trace.traceId));
      const oldestUs = now.shown.at(-1)?.startTimeUs ?? 0;
      // What is neither known nor newer than the oldest on show belongs further down: scrolling finds it there.
      const read = arrived.filter((trace) => known.has(trace.traceId) || trace.startTimeUs >= oldestUs);
      return mergeTraces(now, read, !isPaused && !isBeingRead(box.current));
    });
  }

  async function readNew() {
    const result = await search({ filter: { ...filter, to: undefined }, sort: "newest", cursor: null });
    if (result.ok) take(result.data.data);
  }

  /** So many wait that reading the list anew is less than showing them all. */
  const isFlooded = waiting.length >= waitingLimit;

  async function showWaiting() {
    box.current?.querySelector("table")?.parentElement?.scrollTo({ top: 0 });
    if (!isFlooded && shown.length < shownLimit) {
      setTraces((now) => mergeTraces(now, [], true));
      return;
    }
    const result = await search({ filter, sort, cursor: null }).catch(() => null);
    if (!result?.ok) return;
    setTraces({ shown: result.data.data, waiting: [] });
    setCursor(result.data.nextCursor);
  }

  function forget(ids: readonly string[]) {
    const gone = new Set(ids);
    setTraces((now) => ({ ...now, shown: now.shown.filter((trace) => !gone.has(trace.traceId)) }));
  }

  const { onCount, onDelete, onAdd, datasets } = selection;
  return (
    <div ref={box} className="relative min-w-0">
      {waiting.length > 0 && (
        <div className="pointer-events-none absolute inset-x-0 top-12 z-20 flex justify-center">
          <Button
            variant="primary"
            size="sm"
            className="pointer-events-auto shadow-lift"
            onClick={() => void showWaiting()}
          >
            <ArrowUp aria-hidden="true" />
            {isFlooded ? `${waitingLimit}+ new traces` : countOf(waiting.length, "new trace")}
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
          value: columnOf(sort),
          onChange: (next) => onSortChange(sortOf(next)),
        }}
        toolbar={
          <>
            <LiveToggle isOn={isLive} isAllowed={sort === "newest"} onChange={onLiveChange} />
            {isFollowing && (
              <>
                <Button
                  size="sm"
                  variant="quiet"
                  aria-pressed={isPaused}
                  title={isPaused ? "Let new traces slide in again" : "Let new traces wait"}
                  onClick={() => setPaused(!isPaused)}
                >
                  {isPaused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
                  {isPaused ? "Go on" : "Pause"}
                </Button>
                <LiveState status={live} isPaused={isPaused} />
              </>
            )}
            <ExportMenu
              label="Export"
              items={(format) => `All that match, as ${formatNames[format]}`}
              onExport={(format) => window.location.assign(exportUrl(slug, filter, format))}
            />
          </>
        }
        bulkActions={(ids, clear) => (
          <>
            {onAdd && (
              <AddSelected
                traceCount={ids.length}
                datasets={datasets}
                onAdd={(dataset) => onAdd(ids, dataset)}
                onAdded={clear}
              />
            )}
            <ExportMenu
              label={`Export ${formatCount(ids.length)}`}
              items={(format) => `As ${formatNames[format]}`}
              onExport={(format) => downloadSelected(slug, ids, format)}
            />
            {onDelete && (
              <DeleteTraces
                label="Delete"
                onCount={() => onCount(ids)}
                onDelete={() => onDelete(ids)}
                onDeleted={(outcome) => {
                  forget(ids);
                  clear();
                  if ("deletion" in outcome) router.refresh();
                }}
              />
            )}
          </>
        )}
        totalCount={total ?? undefined}
        onLoadMore={cursor === null ? undefined : loadMore}
        isLoading={isLoading}
        storageKey="traces"
      />
    </div>
  );
}

/** How many match in all, asked once the rows are there; null until it is known, or where all are shown. */
function useTotal(filter: TraceFilterDraft, first: TracePage, count: TraceRowsProps["count"]): number | null {
  const [total, setTotal] = useState<number | null>(null);
  const ask = useEffectEvent(() => count(filter));
  const isWhole = first.nextCursor === null;
  useEffect(() => {
    if (isWhole) return;
    let isCurrent = true;
    ask().then(
      (result) => isCurrent && result.ok && setTotal(result.data),
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [isWhole]);
  return total;
}

const waitingLimit = 300;
const shownLimit = 5000;

type LiveToggleProps = { isOn: boolean; isAllowed: boolean; onChange: (isOn: boolean) => void };

function LiveToggle({ isOn, isAllowed, onChange }: LiveToggleProps) {
  return (
    <Button
      size="sm"
      aria-pressed={isOn}
      disabled={!isAllowed}
      title={isAllowed ? "Show traces as they arrive" : "Sort newest first to follow what arrives"}
      onClick={() => onChange(!isOn)}
      className="aria-pressed:border-accent aria-pressed:text-accent"
    >
      <Radio aria-hidden="true" />
      Live
    </Button>
  );
}

const liveTexts: Record<LiveStatus, string> = {
  off: "",
  connecting: "Connecting …",
  streaming: "Following",
  polling: "Reconnecting, looking every 2 s",
};

function LiveState({ status, isPaused }: { status: LiveStatus; isPaused: boolean }) {
  const isFlowing = status === "streaming" && !isPaused;
  return (
    <span role="status" className="inline-flex items-center gap-1.5 text-xs text-muted">
      <span
        aria-hidden="true"
        className={classNames(
          "size-2 rounded-full",
          isFlowing ? "animate-pulse bg-accent motion-reduce:animate-none" : "bg-border-strong",
        )}
      />
      {isPaused ? "Paused" : liveTexts[status]}
    </span>
  );
}

const formatNames = { csv: "CSV", jsonl: "JSON lines" };
type Format = keyof typeof formatNames;

type ExportMenuProps = {
  label: string;
  items: (format: Format) => string;
  onExport: (format: Format) => void;
};

function ExportMenu({ label, items, onExport }: ExportMenuProps) {
  return (
    <Menu
      trigger={
        <Button size="sm">
          <Download aria-hidden="true" /> {label}
        </Button>
      }
    >
      {(["csv", "jsonl"] as const).map((format) => (
        <MenuItem key={format} onSelect={() => onExport(format)}>
          {items(format)}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** By a form, as a browser downloads what it posts: thousands of ids are too long for an address. */
function downloadSelected(slug: string, traceIds: readonly string[], format: Format): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/api/v1/traces/export?project=${encodeURIComponent(slug)}`;
  for (const [name, value] of Object.entries({ traceIds: traceIds.join(","), format })) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
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
