import { type Context, requireScope } from "#lib/core/context.ts";
import { Histogram } from "../packs/histogram.ts";
import { type TraceFilterDraft, traceFilter } from "../schema.ts";
import { lowerBound, type Matches, scanTraces } from "./scan-traces.ts";

/** Sums per slice of time; null where a slice has nothing to measure. */
export type TraceBuckets = {
  /** Start of each slice, milliseconds since 1970. */
  times: number[];
  bucketMs: number;
  /** Traces that match and start in the slice, and those of which a span failed. */
  counts: number[];
  errors: number[];
  /** Of the traces that have ended; within 0.4 %. */
  p95LatencyMs: (number | null)[];
  /** Of leaf model calls. */
  costUsd: (number | null)[];
};

const sliceCount = 60;
const widths = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 86_400, 604_800].map((s) => s * 1000);

/** Charts of what matches between two times, in about sixty slices of a round length. Needs `read`. */
export async function chartTraces(
  ctx: Context,
  filter: TraceFilterDraft & { from: string; to: string },
): Promise<TraceBuckets> {
  requireScope(ctx, "read");
  const parsed = traceFilter.parse(filter);
  const [fromMs, toMs] = [Date.parse(filter.from), Date.parse(filter.to)];
  const bucketMs = widths.find((width) => (toMs - fromMs) / width <= sliceCount) ?? widths.at(-1)!;
  const firstMs = Math.floor(fromMs / bucketMs) * bucketMs;
  const times = Array.from(
    { length: Math.min(1000, Math.max(1, Math.ceil((toMs - firstMs) / bucketMs))) },
    (_, index) => firstMs + index * bucketMs,
  );
  const sums = await scanTraces(
    ctx.projectId,
    { filter: parsed, columns: ["durations", "costs", "errors"], order: "any" },
    () => emptySums(times.length),
    (state, matches) => {
      addMatches(state, matches, firstMs, bucketMs);
      return false;
    },
  );
  return {
    times,
    bucketMs,
    counts: [...sums.counts],
    errors: [...sums.errors],
    p95LatencyMs: times.map((_, slice) => {
      const us = sums.durations.quantile(slice, 0.95);
      return us === null ? null : us / 1000;
    }),
    costUsd: times.map((_, slice) => (sums.priced[slice] === 0 ? null : sums.costs[slice]!)),
  };
}

type Sums = ReturnType<typeof emptySums>;

function emptySums(slices: number) {
  return {
    counts: new Uint32Array(slices),
    errors: new Uint32Array(slices),
    costs: new Float64Array(slices),
    priced: new Uint32Array(slices),
    durations: new Histogram(slices),
  };
}

/** Starts ascend, so each slice's traces lie together: the slice is worked out once for all of them. */
function addMatches(sums: Sums, { columns, ordinals }: Matches, firstMs: number, bucketMs: number): void {
  const { starts, durations, costs, errors } = columns;
  for (let at = 0; at < ordinals.length; ) {
    const slice = Math.floor((starts[ordinals[at]!]! / 1000 - firstMs) / bucketMs);
    const edge = lowerBound(starts, (firstMs + (slice + 1) * bucketMs) * 1000);
    let ordinal = ordinals[at]!;
    if (slice < 0 || slice >= sums.counts.length) {
      while (at < ordinals.length && ordinals[at]! < edge) at++;
      continue;
    }
    const first = at;
    while (at < ordinals.length) {
      ordinal = ordinals[at]!;
      if (ordinal >= edge) break;
      at++;
      sums.errors[slice]! += errors[ordinal]!;
      const cost = costs[ordinal]!;
      if (!Number.isNaN(cost)) {
        sums.costs[slice]! += cost;
        sums.priced[slice]!++;
      }
      const duration = durations[ordinal]!;
      if (!Number.isNaN(duration)) sums.durations.add(slice, duration);
    }
    sums.counts[slice]! += at - first;
  }
}
