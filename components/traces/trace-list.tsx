"use client";

import { useRouter } from "next/navigation";
import { type ComponentProps, type ReactNode, useState, useTransition } from "react";
import { classNames } from "#components/ui/class-names.ts";
import type { TraceSummary } from "#lib/traces/schema.ts";
import { DeletionProgress } from "./deletion-progress.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { SavedViews } from "./saved-views.tsx";
import type { FilterFacets } from "./suggest-filter.ts";
import { TimeRangePicker } from "./time-range-picker.tsx";
import { TraceCharts } from "./trace-charts.tsx";
import { type TraceListState, traceListQuery } from "./trace-list-state.ts";
import { TraceRows, type TraceRowsProps } from "./trace-rows.tsx";
import type { LoadValues } from "./use-filter-values.ts";

type TraceListProps = Omit<TraceRowsProps, "sort" | "onSortChange" | "isLive" | "onLiveChange"> & {
  state: TraceListState;
  /** Saved views and what may be done with them; null where the list is one user's alone. */
  views: Omit<ComponentProps<typeof SavedViews>, "slug" | "state"> | null;
  /** What is being deleted in the background. */
  deletions: ComponentProps<typeof DeletionProgress>;
  /** Whether every term of the filter is understood; if not, nothing is listed, followed or exported. */
  isReadable: boolean;
  /** Of the project's catalogue; values of the rows are added, and those of all traces as one types. */
  facets: FilterFacets;
  loadValues: LoadValues;
  /** The plots over the table, streamed after it. */
  charts: ReactNode;
};

/** Filter, time range, plots and rows; all of the state is in the address. */
export function TraceList(props: TraceListProps) {
  const { state, isReadable, facets, loadValues, charts, views, deletions, ...rows } = props;
  const [isLive, setLive] = useState(false);
  const opensWithView = views?.views.some((view) => view.isDefault) ?? false;
  const [isPending, go] = useListState(rows.slug, state, opensWithView);
  return (
    <div className="flex min-w-0 flex-col gap-4" aria-busy={isPending}>
      <div className="flex flex-wrap items-start gap-2" data-print="hide">
        {views && <SavedViews slug={rows.slug} state={state} {...views} />}
        <FilterBar
          value={state.filter}
          onChange={(filter) => go({ filter })}
          facets={withValuesOf(facets, rows.first.data)}
          loadValues={loadValues}
        />
        <TimeRangePicker value={state.range} onChange={(range) => go({ range })} />
      </div>
      <DeletionProgress {...deletions} />
      <div
        className={classNames("flex min-w-0 flex-col gap-3 transition-opacity", isPending && "opacity-60")}
      >
        {charts}
        {isReadable ? (
          <TraceRows
            {...rows}
            key={JSON.stringify([state, rows.first.data.map((trace) => trace.traceId)])}
            sort={state.sort}
            onSortChange={(sort) => go({ sort })}
            isLive={isLive}
            onLiveChange={setLive}
          />
        ) : (
          rows.empty
        )}
      </div>
    </div>
  );
}

type ChartsProps = Parameters<typeof TraceCharts>[0];

/** The plots, whose drag sets the time range of the page. */
export function ZoomingCharts({
  slug,
  state,
  buckets,
}: {
  slug: string;
  state: TraceListState;
  buckets: ChartsProps["buckets"];
}) {
  const [, go] = useListState(slug, state, false);
  return (
    <TraceCharts
      buckets={buckets}
      onZoom={(fromMs, toMs) => go({ range: { type: "exact", fromMs, toMs } })}
    />
  );
}

function useListState(
  slug: string,
  state: TraceListState,
  opensWithView: boolean,
): [isPending: boolean, go: (change: Partial<TraceListState>) => void] {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  return [
    isPending,
    (change) => {
      // The plain address would open the person's own view: it is said that this is none.
      const viewId = state.viewId ?? (opensWithView ? "all" : null);
      startTransition(() => router.push(`/${slug}/traces${traceListQuery({ ...state, viewId, ...change })}`));
    },
  ];
}

const valuesOfRows: { [Name in keyof FilterFacets]: (row: TraceSummary) => (string | null)[] } = {
  model: (row) => [row.model],
  provider: (row) => [row.provider],
  prompt: (row) => [row.promptName],
  version: (row) => [row.promptVersion],
  abtest: (row) => [row.abTestKey],
  variant: (row) => [row.variantKey],
  user: (row) => [row.userId],
  session: (row) => [row.sessionId],
  tag: (row) => row.tags,
  env: (row) => [row.environment],
  service: (row) => [row.service],
  name: (row) => [row.name],
  score: (row) => row.scores.map((score) => score.name),
};

function withValuesOf(facets: FilterFacets, rows: readonly TraceSummary[]): FilterFacets {
  const all: FilterFacets = { ...facets };
  for (const [name, valuesOf] of Object.entries(valuesOfRows) as [
    keyof FilterFacets,
    (typeof valuesOfRows)["tag"],
  ][]) {
    const found = rows.flatMap((row) => valuesOf!(row)).filter((value) => value !== null);
    all[name] = [...new Set([...(facets[name] ?? []), ...found])];
  }
  return all;
}
