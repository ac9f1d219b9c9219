import { spanOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import type { RawSpan, SpanFacts, SpanKind } from "#lib/traces/span.ts";
import type { WireGroup, WireSpan } from "./wire.ts";

export type RejectedSpan = { traceId: string; spanId: string; message: string };

/**
 * The neutral facts of each span that was sent, and those that can't be one, each with its reason in English
 * (trace.proto: a trace id has 16 bytes and a span id 8, not all zero). Pure.
 */
export function toSpans(groups: WireGroup<WireSpan>[]): { spans: SpanFacts[]; rejected: RejectedSpan[] } {
  const spans: SpanFacts[] = [];
  const rejected: RejectedSpan[] = [];
  for (const group of groups) {
    for (const wire of group.items) {
      const message = faultOf(wire);
      if (message)
        rejected.push({ traceId: wire.traceId.slice(0, 64), spanId: wire.spanId.slice(0, 64), message });
      else spans.push(toSpan(group, wire));
    }
  }
  return { spans, rejected };
}

const kinds: readonly SpanKind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];

function toSpan(group: WireGroup<WireSpan>, wire: WireSpan): SpanFacts {
  const parentSpanId = wire.parentSpanId.toLowerCase();
  return spanOfRaw(
    {
      traceId: wire.traceId.toLowerCase(),
      spanId: wire.spanId.toLowerCase(),
      parentSpanId: isHexId(parentSpanId, 16) ? parentSpanId : null,
      name: wire.name,
      kind: kinds[wire.kind] ?? "unspecified",
    },
    toRaw(group, wire),
  );
}

function toRaw(group: WireGroup<WireSpan>, wire: WireSpan): RawSpan {
  const raw: RawSpan = {
    resource: group.resource,
    scope: group.scope,
    attributes: wire.attributes,
    events: wire.events,
    links: wire.links,
    startTimeUnixNano: wire.startTimeUnixNano,
    endTimeUnixNano: wire.endTimeUnixNano === "0" ? null : wire.endTimeUnixNano,
    statusCode: wire.statusCode,
    statusMessage: wire.statusMessage || null,
  };
  if (wire.traceState) raw.traceState = wire.traceState;
  if (wire.flags) raw.flags = wire.flags;
  if (wire.droppedAttributesCount) raw.droppedAttributesCount = wire.droppedAttributesCount;
  if (wire.droppedEventsCount) raw.droppedEventsCount = wire.droppedEventsCount;
  if (wire.droppedLinksCount) raw.droppedLinksCount = wire.droppedLinksCount;
  return raw;
}

const nanosLimit = 2n ** 64n;

function faultOf(wire: WireSpan): string | null {
  if (!isHexId(wire.traceId, 32))
    return "traceId must be 16 bytes, not all zero (32 hexadecimal characters in JSON)";
  if (!isHexId(wire.spanId, 16))
    return "spanId must be 8 bytes, not all zero (16 hexadecimal characters in JSON)";
  if (wire.startTimeUnixNano === "0" && wire.endTimeUnixNano === "0") return "startTimeUnixNano is missing";
  if (isTooLarge(wire.startTimeUnixNano)) return "startTimeUnixNano is over 64 bits";
  if (isTooLarge(wire.endTimeUnixNano)) return "endTimeUnixNano is over 64 bits";
  return null;
}

function isTooLarge(nanos: string): boolean {
  return nanos.length > 19 && BigInt(nanos) >= nanosLimit;
}

const hex32 = /^[0-9a-fA-F]{32}$/;
const hex16 = /^[0-9a-fA-F]{16}$/;
const zeros = /^0+$/;

/** Whether `text` is an id of this many hexadecimal characters, not all zero. */
export function isHexId(text: string, length: 16 | 32): boolean {
  return text.length === length && (length === 32 ? hex32 : hex16).test(text) && !zeros.test(text);
}
