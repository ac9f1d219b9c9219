"use client";

import { TimeSeries } from "#components/charts/time-series.tsx";
import { formatCompact, formatDuration, formatUsd } from "#components/ui/format.ts";

/** Sums per slice of time; null where a slice has nothing to measure. */
export type TraceBuckets = {
  /** Start of each slice, milliseconds since 1970. */
  times: number[];
  bucketMs: number;
  counts: number[];
  errors: number[];
  p95LatencyMs: (number | null)[];
  costUsd: (number | null)[];
};

type TraceChartsProps = { buckets: TraceBuckets; onZoom: (fromMs: number, toMs: number) => void };

/** Four small plots over the table, on one time axis; dragging over one sets the time range of the page. */
export function TraceCharts({ buckets, onZoom }: TraceChartsProps) {
  const { times, bucketMs } = buckets;
  const zoom = (fromMs: number, toMs: number) => onZoom(fromMs, toMs + bucketMs);
  const plots = [
    { title: "Traces", unit: "count", values: buckets.counts, format: formatCompact },
    { title: "Errors", unit: "count", values: buckets.errors, format: formatCompact },
    { title: "Latency, p95", unit: "time", values: buckets.p95LatencyMs, format: formatDuration },
    { title: "Cost", unit: "US dollars", values: buckets.costUsd, format: formatUsd },
  ];
  if (times.length < 2) return null;
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-2 xl:grid-cols-4">
      {plots.map((plot) => (
        <TimeSeries
          key={plot.title}
          title={plot.title}
          unit={plot.unit}
          times={times}
          series={[{ id: plot.title, label: plot.title, values: plot.values }]}
          format={plot.format}
          height={96}
          onZoom={zoom}
        />
      ))}
    </div>
  );
}
