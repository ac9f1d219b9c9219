import type { TraceFilterDraft } from "#lib/traces/schema.ts";

type Comparison = NonNullable<TraceFilterDraft["comparisons"]>[number];

/** The address that streams the traces of this search as a file. */
export function exportUrl(slug: string, filter: TraceFilterDraft, format: "csv" | "jsonl"): string {
  return `/api/v1/traces/export?${filterParams(slug, filter)}&format=${format}`;
}

/** The address that streams the traces of this search as they arrive: those to come have no upper bound in time. */
export function liveUrl(slug: string, filter: TraceFilterDraft): string {
  return `/api/v1/traces/live?${filterParams(slug, { ...filter, to: undefined })}`;
}

function filterParams(slug: string, filter: TraceFilterDraft): URLSearchParams {
  const { tags = [], text = [], has = [], scores = [], comparisons = [], ...plain } = filter;
  const query = new URLSearchParams({ project: slug });
  for (const [name, value] of Object.entries(plain)) if (value !== undefined) query.set(name, value);
  for (const tag of tags) query.append("tag", tag);
  for (const phrase of text) query.append("text", phrase);
  for (const thing of has) query.append("has", thing);
  for (const { name, operator, value } of scores) query.append("score", `${name}${operator}${value}`);
  for (const comparison of comparisons) query.set(...boundOf(comparison));
  return query;
}

/** The route's bounds include their value; the least number beyond it stands for "more" and "less than". */
function boundOf({ field, operator, value }: Comparison): [string, string] {
  const name = `${field[0]!.toUpperCase()}${field.slice(1)}`;
  const step = Math.max(Math.abs(value) * 2 ** -51, Number.MIN_VALUE);
  if (operator === ">" || operator === ">=")
    return [`min${name}`, String(operator === ">" ? value + step : value)];
  return [`max${name}`, String(operator === "<" ? value - step : value)];
}
