"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useTransition } from "react";
import { classNames } from "#components/ui/class-names.ts";
import type { TraceSummary } from "#lib/traces/schema.ts";
import { FilterBar } from "./filter-bar.tsx";
import type { FilterFacets } from "./suggest-filter.ts";
import { TimeRangePicker } from "./time-range-picker.tsx";
import { TraceCharts } from "./trace-charts.tsx";
import { type TraceListState, traceListQuery } from "./trace-list-state.ts";
import { TraceRows, type TraceRowsProps } from "./trace-rows.tsx";

type TraceListProps = Omit<TraceRowsProps, "sort" | "onSortChange"> & {
  state: TraceListState;
  /** Whether every term of the filter is understood; if not, nothing is listed, followed or exported. */
  isReadable: boolean;
  /** Of the project's catalogue; values of the rows are added. */
  facets: FilterFacets;
  /** The plots over the table, streamed after it. */
  charts: ReactNode;
};

/** Filter, time range, plots and rows; all of the state is in the address. */
export function TraceList({ state, isReadable, facets, charts, ...rows }: TraceListProps) {
  const [isPending, go] = useListState(rows.slug, state);
  return (
    <div className="flex min-w-0 flex-col gap-4" aria-busy={isPending}>
      <div className="flex flex-wrap items-start gap-2" data-print="hide">
        <FilterBar
          value={state.filter}
          onChange={(filter) => go({ filter })}
          facets={withValuesOf(facets, rows.first.data)}
        />
        <TimeRangePicker value={state.range} onChange={(range) => go({ range })} />
      </div>
      <div
        className={classNames("flex min-w-0 flex-col gap-3 transition-opacity", isPending && "opacity-60")}
      >
        {charts}
        {isReadable ? (
          <TraceRows
            {...rows}
            key={JSON.stringify([state, rows.first.data[0]?.traceId])}
            sort={state.sort}
            onSortChange={(sort) => go({ sort })}
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
  const [, go] = useListState(slug, state);
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
): [isPending: boolean, go: (change: Partial<TraceListState>) => void] {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  return [
    isPending,
    (change) =>
      startTransition(() => router.push(`/${slug}/traces${traceListQuery({ ...state, ...change })}`)),
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
