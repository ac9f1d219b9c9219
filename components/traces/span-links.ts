import { promptHref } from "#components/prompts/prompt-href.ts";

/** What a span is stored as linked to, described for people; null where it is linked to nothing of the project. */
export type SpanLinks = {
  promptVersion: { name: string; number: number } | null;
  modelVersion: { modelName: string; number: number; isSimulated: boolean } | null;
  /** `variantIndex` counts from 0, the control. */
  abTest: { key: string; name: string; variantKey: string; variantIndex: number } | null;
  evaluation: {
    id: string;
    name: string;
    datasetId: string;
    datasetName: string;
    datasetNumber: number;
  } | null;
};

export function promptVersionHref(slug: string, version: { name: string; number: number }): string {
  return promptHref(slug, version.name, `version=${version.number}`);
}

export function traceHref(slug: string, traceId: string, spanId?: string): string {
  return `/${slug}/traces/${traceId}${spanId ? `?span=${spanId}` : ""}`;
}

export function sessionHref(slug: string, sessionId: string): string {
  return `/${slug}/sessions/${encodeURIComponent(sessionId)}`;
}

export function userHref(slug: string, userId: string): string {
  return `/${slug}/users/${encodeURIComponent(userId)}`;
}

/** The list of traces with this filter, over all time. */
export function tracesHref(slug: string, filter: string): string {
  return `/${slug}/traces?${new URLSearchParams({ filter, range: "all" })}`;
}
