"use client";

import { ChartLine } from "lucide-react";
import { useState } from "react";
import { TimeSeries } from "#components/charts/time-series.tsx";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { formatCompact, formatDuration, formatNumber, formatUsd } from "#components/ui/format.ts";

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
  // On a phone the plots would push the table off the screen: they are shown when asked for.
  const [isShown, setShown] = useState(false);
  const { times, bucketMs } = buckets;
  const zoom = (fromMs: number, toMs: number) => onZoom(fromMs, toMs + bucketMs);
  const plots = [
    { title: "Traces", unit: "count", values: buckets.counts, format: wholeCount },
    { title: "Errors", unit: "count", values: buckets.errors, format: wholeCount },
    { title: "Latency, p95", unit: "time", values: buckets.p95LatencyMs, format: formatDuration },
    { title: "Cost", ...costPlot(buckets.costUsd) },
  ];
  if (times.length < 2) return null;
  return (
    <div>
      <Button size="sm" aria-expanded={isShown} onClick={() => setShown(!isShown)} className="mb-2 sm:hidden">
        <ChartLine aria-hidden="true" /> {isShown ? "Hide plots" : "Show plots"}
      </Button>
      <div
        className={classNames(
          "grid-cols-1 gap-x-6 gap-y-3 sm:grid sm:grid-cols-2 xl:grid-cols-4",
          isShown ? "grid" : "hidden",
        )}
      >
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
    </div>
  );
}

/** Ticks between whole numbers say nothing about a count. */
function wholeCount(count: number): string {
  return Number.isInteger(count) ? formatCompact(count) : "";
}

/** In cents where dollars would be a row of zeros. */
function costPlot(costUsd: (number | null)[]) {
  const most = costUsd.reduce<number>((top, cost) => Math.max(top, cost ?? 0), 0);
  if (most >= 0.1) return { unit: "US dollars", values: costUsd, format: formatUsd };
  const cents = costUsd.map((cost) => (cost === null ? null : cost * 100));
  return { unit: "US cents", values: cents, format: (value: number) => `${formatNumber(value)} ¢` };
}
