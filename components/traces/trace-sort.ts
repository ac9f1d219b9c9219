import type { DataSort } from "#components/ui/data-columns.ts";
import type { TraceSort } from "#lib/traces/schema.ts";

const columnOfSort: Record<TraceSort, DataSort> = {
  newest: { columnId: "time", isDescending: true },
  oldest: { columnId: "time", isDescending: false },
  slowest: { columnId: "latency", isDescending: true },
  costliest: { columnId: "cost", isDescending: true },
  most_tokens: { columnId: "tokens", isDescending: true },
};

/** The column that a search is sorted by. */
export function columnOf(sort: TraceSort): DataSort {
  return columnOfSort[sort];
}

/** The sort of this name; the newest first where there is none. */
export function readSort(name: string | undefined): TraceSort {
  return name !== undefined && Object.hasOwn(columnOfSort, name) ? (name as TraceSort) : "newest";
}

/** The search that a press on a column's head asks for: what is not measured downwards is the newest first. */
export function sortOf(sort: DataSort | null): TraceSort {
  const found = Object.entries(columnOfSort).find(
    ([, each]) => each.columnId === sort?.columnId && each.isDescending === sort.isDescending,
  );
  // Of the keys of the record above.
  return (found?.[0] as TraceSort | undefined) ?? "newest";
}
