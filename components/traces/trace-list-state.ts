import type { TraceSort } from "#lib/traces/schema.ts";
import { fieldOf } from "./filter-fields.ts";
import { termText } from "./filter-language.ts";
import { defaultTimeRange, parseTimeRange, type TimeRange, timeRangeParams } from "./time-range.ts";
import { readSort } from "./trace-sort.ts";

/** What the list of traces shows, as its URL says it. */
export type TraceListState = {
  /** In the filter language. */
  filter: string;
  range: TimeRange;
  sort: TraceSort;
  /** The saved view it began with; `all` for the plain list where another would open by itself. */
  viewId: string | null;
};

type SearchParams = Record<string, string | string[] | undefined>;

/**
 * Reads the URL's parameters. A parameter named as a field of the language (`?abtest=tone&variant=B`) is a term too,
 * so that other pages can link to their traces without writing the language.
 */
export function readTraceListState(params: SearchParams): TraceListState {
  const one = (name: string) => [params[name]].flat()[0];
  const terms = Object.entries(params).flatMap(([name, values]) => {
    const field = fieldOf(name);
    if (!field || (field.kind !== "text" && field.kind !== "choice")) return [];
    return [values].flat().flatMap((value) => (value ? [termText(field.name, ":", value)] : []));
  });
  return {
    filter: [one("filter")?.trim() ?? "", ...terms].filter(Boolean).join(" "),
    range: parseTimeRange({ range: one("range"), from: one("from"), to: one("to") }) ?? defaultTimeRange,
    sort: readSort(one("sort")),
    viewId: one("view") || null,
  };
}

/** The address of the list as a saved view remembers it, opened as that view. */
export function viewHref(slug: string, view: { id: string; query: string }): string {
  const params = new URLSearchParams(view.query);
  params.set("view", view.id);
  return `/${slug}/traces?${params}`;
}

/** What a saved view remembers of this. */
export function viewQuery(state: TraceListState): string {
  return traceListQuery({ ...state, viewId: null });
}

/** The query of the URL that shows this, with its question mark; empty for the plain list. */
export function traceListQuery(state: TraceListState): string {
  const params = new URLSearchParams();
  if (state.filter) params.set("filter", state.filter);
  for (const [name, value] of Object.entries(timeRangeParams(state.range))) params.set(name, value);
  if (state.sort !== "newest") params.set("sort", state.sort);
  if (state.viewId) params.set("view", state.viewId);
  const text = params.toString();
  return text && `?${text}`;
}
