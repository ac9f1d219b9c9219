import type { JsonObject } from "#lib/core/json.ts";
import { contentOfRaw, spanOfRaw } from "./conventions/span-of-raw.ts";
import type { RawSpan, SpanContent, SpanFacts } from "./span.ts";

export type SpanVersion = { span: SpanFacts; content: SpanContent | null };

/**
 * Two versions of one span as one. The fuller version's values win, the other's fill what it lacks: fuller is the
 * one that has ended, else the one that ended later, else the one with more attributes; of two alike, the later
 * arrival. So the result does not depend on the order in which a start, an end and a retry arrive. Events and
 * links are united. A span that came by OTLP is derived anew from the united raw span. Pure.
 */
export function mergeSpans(earlier: SpanVersion, later: SpanVersion): SpanVersion {
  const [base, fill] = isFuller(earlier.span.raw, later.span.raw) ? [earlier, later] : [later, earlier];
  const raw = mergeRaw(base.span.raw, fill.span.raw);
  if (base.content === null && fill.content === null) {
    const { traceId, spanId, parentSpanId, name, kind } = base.span;
    const identity = {
      traceId,
      spanId,
      parentSpanId: parentSpanId ?? fill.span.parentSpanId,
      name: name || fill.span.name,
      kind: kind === "unspecified" ? fill.span.kind : kind,
    };
    return { span: spanOfRaw(identity, raw), content: null };
  }
  return {
    span: { ...fillNulls(base.span, fill.span), raw },
    content: fillNulls(base.content ?? contentOfRaw(base.span), fill.content ?? contentOfRaw(fill.span)),
  };
}

function isFuller(a: RawSpan, b: RawSpan): boolean {
  const endA = a.endTimeUnixNano === null ? -1n : BigInt(a.endTimeUnixNano);
  const endB = b.endTimeUnixNano === null ? -1n : BigInt(b.endTimeUnixNano);
  if (endA !== endB) return endA > endB;
  return Object.keys(a.attributes).length > Object.keys(b.attributes).length;
}

function mergeRaw(base: RawSpan, fill: RawSpan): RawSpan {
  return {
    ...fill,
    ...base,
    resource: { ...fill.resource, ...base.resource },
    scope: base.scope.name ? base.scope : fill.scope,
    attributes: { ...fill.attributes, ...base.attributes } satisfies JsonObject,
    events: unite(fill.events, base.events).sort((a, b) => compareNanos(a.timeUnixNano, b.timeUnixNano)),
    links: unite(fill.links, base.links),
    startTimeUnixNano: base.startTimeUnixNano === "0" ? fill.startTimeUnixNano : base.startTimeUnixNano,
    endTimeUnixNano: base.endTimeUnixNano ?? fill.endTimeUnixNano,
    statusCode: Math.max(base.statusCode, fill.statusCode),
    statusMessage: base.statusMessage ?? fill.statusMessage,
  };
}

function unite<Item>(first: Item[], second: Item[]): Item[] {
  const byText = new Map([...first, ...second].map((item) => [JSON.stringify(item), item]));
  return [...byText.values()];
}

function compareNanos(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** `base`, with the other's value where base has null or an empty list or object. */
function fillNulls<Value extends object>(base: Value, fill: Value): Value {
  const merged = { ...base };
  for (const key of Object.keys(fill) as (keyof Value)[]) {
    const value = base[key];
    const isEmpty =
      value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
    if (isEmpty) merged[key] = fill[key];
  }
  return merged;
}
