import type { JsonObject } from "#lib/core/json.ts";
import type { RawSpan } from "#lib/traces/span.ts";

/** What both encodings of OTLP decode to: one group per resource and scope, attributes as plain JSON. */
export type WireGroup<Item> = { resource: JsonObject; scope: RawSpan["scope"]; items: Item[] };

/** A span as sent. Ids and times are not yet checked: a bad one rejects its span, not the request. */
export type WireSpan = {
  /** Hex in either case; "" where absent. */
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  /** Decimal nanoseconds since the Unix epoch; "0" where absent. */
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: JsonObject;
  events: RawSpan["events"];
  links: RawSpan["links"];
  statusCode: number;
  statusMessage: string;
  traceState: string;
  flags: number;
  droppedAttributesCount: number;
  droppedEventsCount: number;
  droppedLinksCount: number;
};

/** A log record as sent; `body` is plain JSON. */
export type WireLog = {
  traceId: string;
  spanId: string;
  timeUnixNano: string;
  observedTimeUnixNano: string;
  eventName: string;
  severityText: string;
  body: JsonObject[string] | undefined;
  attributes: JsonObject;
};

export function emptySpan(): WireSpan {
  return {
    traceId: "",
    spanId: "",
    parentSpanId: "",
    name: "",
    kind: 0,
    startTimeUnixNano: "0",
    endTimeUnixNano: "0",
    attributes: {},
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: "",
    traceState: "",
    flags: 0,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

export function emptyLog(): WireLog {
  return {
    traceId: "",
    spanId: "",
    timeUnixNano: "0",
    observedTimeUnixNano: "0",
    eventName: "",
    severityText: "",
    body: undefined,
    attributes: {},
  };
}

/** Nesting of an AnyValue past which a request is refused: deeper ones exist only to exhaust a reader's stack. */
export const valueDepthLimit = 64;
