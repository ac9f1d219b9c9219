import type { Json, JsonObject } from "#lib/core/json.ts";
import type { RawSpan } from "#lib/traces/span.ts";
import type { SpanEvents } from "#lib/traces/store/span-events.ts";
import { isHexId, type RejectedSpan } from "./to-spans.ts";
import type { WireGroup, WireLog } from "./wire.ts";

/** A `gen_ai.evaluation.result`; its span is named by ids, else by the response it evaluates. */
export type EvaluationEvent = {
  traceId: string | null;
  spanId: string | null;
  responseId: string | null;
  timeUnixNano: string;
  attributes: JsonObject;
};

const evaluationName = "gen_ai.evaluation.result";

/** Sorts log records into events of spans, evaluations, and what is not about GenAI. Pure. */
export function toEvents(groups: WireGroup<WireLog>[]) {
  const byKey = new Map<string, SpanEvents>();
  const evaluations: EvaluationEvent[] = [];
  const rejected: RejectedSpan[] = [];
  let otherCount = 0;
  for (const log of groups.flatMap((group) => group.items)) {
    const name = nameOf(log);
    if (!name.startsWith("gen_ai.")) {
      otherCount++;
      continue;
    }
    const traceId = isHexId(log.traceId, 32) ? log.traceId.toLowerCase() : null;
    const spanId = isHexId(log.spanId, 16) ? log.spanId.toLowerCase() : null;
    if (name === evaluationName) {
      const responseId = textOf(log.attributes["gen_ai.response.id"]);
      evaluations.push({
        traceId,
        spanId,
        responseId,
        timeUnixNano: timeOf(log),
        attributes: log.attributes,
      });
    } else if (traceId === null || spanId === null) {
      const message = `the ${name} record has no trace id and span id, so it belongs to no span`;
      rejected.push({ traceId: log.traceId.slice(0, 64), spanId: log.spanId.slice(0, 64), message });
    } else {
      const key = `${traceId}${spanId}`;
      const item = byKey.get(key) ?? { traceId, spanId, events: [] };
      item.events.push(toEvent(name, log));
      byKey.set(key, item);
    }
  }
  return { events: [...byKey.values()], evaluations, rejected, otherCount };
}

/** Before log records had an `eventName` the name was an attribute. */
function nameOf(log: WireLog): string {
  return log.eventName || textOf(log.attributes["event.name"]) || "";
}

function toEvent(name: string, log: WireLog): RawSpan["events"][number] {
  const { "event.name": _, ...attributes } = log.attributes;
  if (log.body !== undefined) attributes.body = log.body;
  return { name, timeUnixNano: timeOf(log), attributes };
}

function timeOf(log: WireLog): string {
  return log.timeUnixNano === "0" ? log.observedTimeUnixNano : log.timeUnixNano;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
