import { AppError } from "#lib/core/errors.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { RawSpan } from "#lib/traces/span.ts";
import { emptyLog, emptySpan, valueDepthLimit, type WireGroup, type WireLog, type WireSpan } from "./wire.ts";

/**
 * Decodes an ExportTraceServiceRequest in the JSON Protobuf encoding (OTLP 1.11.0, "JSON Protobuf Encoding"):
 * unknown fields are ignored, 64-bit integers may be strings or numbers, hex ids may be in either case. Throws
 * `invalid_input` naming the field where the text is no such message.
 */
export function decodeTracesJson(text: string): WireGroup<WireSpan>[] {
  return decodeGroups(text, "resourceSpans", "scopeSpans", "spans", readSpan);
}

/** Decodes an ExportLogsServiceRequest, likewise. */
export function decodeLogsJson(text: string): WireGroup<WireLog>[] {
  return decodeGroups(text, "resourceLogs", "scopeLogs", "logRecords", readLog);
}

/** How many data points an ExportMetricsServiceRequest holds, metrics of any kind. */
export function countMetricPointsJson(text: string): number {
  let points = 0;
  for (const group of decodeGroups(text, "resourceMetrics", "scopeMetrics", "metrics", (metric) => metric)) {
    for (const metric of group.items) {
      for (const data of Object.values(metric)) {
        if (
          data !== null &&
          typeof data === "object" &&
          "dataPoints" in data &&
          Array.isArray(data.dataPoints)
        ) {
          points += data.dataPoints.length;
        }
      }
    }
  }
  return points;
}

type Fields = { [key: string]: unknown };

function decodeGroups<Item>(
  text: string,
  resources: string,
  scopes: string,
  items: string,
  readItem: (fields: Fields, path: string) => Item,
): WireGroup<Item>[] {
  const groups: WireGroup<Item>[] = [];
  const body = object(parse(text), "");
  list(body[resources], resources).forEach((resourceItem, i) => {
    const path = `${resources}.${i}`;
    const resourceFields = object(resourceItem, path);
    const resource = keyValues(optionalObject(resourceFields.resource, path, "resource")?.attributes, path);
    list(resourceFields[scopes], `${path}.${scopes}`).forEach((scopeItem, j) => {
      const scopePath = `${path}.${scopes}.${j}`;
      const scopeFields = object(scopeItem, scopePath);
      groups.push({
        resource,
        scope: readScope(optionalObject(scopeFields.scope, scopePath, "scope"), scopePath),
        items: list(scopeFields[items], `${scopePath}.${items}`).map((item, k) => {
          const itemPath = `${scopePath}.${items}.${k}`;
          return readItem(object(item, itemPath), itemPath);
        }),
      });
    });
  });
  return groups;
}

function readScope(fields: Fields | undefined, path: string): RawSpan["scope"] {
  const scope: RawSpan["scope"] = {
    name: text(fields?.name, path, "scope.name"),
    version: text(fields?.version, path, "scope.version") || null,
  };
  if (Array.isArray(fields?.attributes) && fields.attributes.length > 0) {
    scope.attributes = keyValues(fields.attributes, `${path}.scope`);
  }
  return scope;
}

function readSpan(fields: Fields, path: string): WireSpan {
  const span = emptySpan();
  span.traceId = text(fields.traceId, path, "traceId");
  span.spanId = text(fields.spanId, path, "spanId");
  span.parentSpanId = text(fields.parentSpanId, path, "parentSpanId");
  span.name = text(fields.name, path, "name");
  span.kind = integer(fields.kind, path, "kind");
  span.startTimeUnixNano = nanos(fields.startTimeUnixNano, path, "startTimeUnixNano");
  span.endTimeUnixNano = nanos(fields.endTimeUnixNano, path, "endTimeUnixNano");
  span.attributes = keyValues(fields.attributes, path);
  span.events = list(fields.events, path, "events").map((item, i) => {
    const event = object(item, `${path}.events.${i}`);
    return {
      name: text(event.name, `${path}.events.${i}.name`),
      timeUnixNano: nanos(event.timeUnixNano, `${path}.events.${i}.timeUnixNano`),
      attributes: keyValues(event.attributes, `${path}.events.${i}`),
    };
  });
  span.links = list(fields.links, path, "links").map((item, i) => {
    const link = object(item, `${path}.links.${i}`);
    return {
      traceId: text(link.traceId, `${path}.links.${i}.traceId`).toLowerCase(),
      spanId: text(link.spanId, `${path}.links.${i}.spanId`).toLowerCase(),
      attributes: keyValues(link.attributes, `${path}.links.${i}`),
    };
  });
  const status = optionalObject(fields.status, path, "status");
  span.statusCode = integer(status?.code, path, "status.code");
  span.statusMessage = text(status?.message, path, "status.message");
  span.traceState = text(fields.traceState, path, "traceState");
  span.flags = integer(fields.flags, path, "flags");
  span.droppedAttributesCount = integer(fields.droppedAttributesCount, path, "droppedAttributesCount");
  span.droppedEventsCount = integer(fields.droppedEventsCount, path, "droppedEventsCount");
  span.droppedLinksCount = integer(fields.droppedLinksCount, path, "droppedLinksCount");
  return span;
}

function readLog(fields: Fields, path: string): WireLog {
  const log = emptyLog();
  log.traceId = text(fields.traceId, path, "traceId");
  log.spanId = text(fields.spanId, path, "spanId");
  log.timeUnixNano = nanos(fields.timeUnixNano, path, "timeUnixNano");
  log.observedTimeUnixNano = nanos(fields.observedTimeUnixNano, path, "observedTimeUnixNano");
  log.eventName = text(fields.eventName, path, "eventName");
  log.severityText = text(fields.severityText, path, "severityText");
  const body = optionalObject(fields.body, path, "body");
  if (body && Object.keys(body).length > 0) log.body = anyValue(body, `${path}.body`, 0);
  log.attributes = keyValues(fields.attributes, path);
  return log;
}

/** A KeyValueList as an object. Of duplicate keys, which the specification leaves undefined, the last wins. */
function keyValues(value: unknown, path: string, depth = 0): JsonObject {
  const result: JsonObject = {};
  if (value === undefined || value === null) return result;
  if (!Array.isArray(value)) throw malformed(`${path}.attributes`, "must be a list of key and value");
  for (const item of value) {
    if (item === null || typeof item !== "object" || typeof item.key !== "string") {
      throw malformed(`${path}.attributes`, "must be a list of key and value");
    }
    setMember(result, item.key, anyValue(item.value, path, depth));
  }
  return result;
}

/** Assigns an own member even where the key is `__proto__`. */
export function setMember(target: JsonObject, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

function anyValue(value: unknown, path: string, depth: number): Json {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object")
    throw malformed(path, "holds an attribute whose value is not an AnyValue object");
  if (depth > valueDepthLimit)
    throw malformed(path, `holds a value nested more than ${valueDepthLimit} deep`);
  const fields = value as Fields;
  if (typeof fields.stringValue === "string") return fields.stringValue;
  if (fields.stringValue !== undefined) return text(fields.stringValue, path, "stringValue");
  if (fields.intValue !== undefined) return int64(fields.intValue, path, "intValue");
  if (fields.doubleValue !== undefined) return double(fields.doubleValue, path, "doubleValue");
  if (fields.boolValue !== undefined) return fields.boolValue === true || fields.boolValue === "true";
  if (fields.arrayValue !== undefined) {
    const array = optionalObject(fields.arrayValue, path, "arrayValue");
    return list(array?.values, path, "arrayValue.values").map((item) => anyValue(item, path, depth + 1));
  }
  if (fields.kvlistValue !== undefined) {
    return keyValues(optionalObject(fields.kvlistValue, path, "kvlistValue")?.values, path, depth + 1);
  }
  if (fields.bytesValue !== undefined) return text(fields.bytesValue, path, "bytesValue");
  return null;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AppError("invalid_input", `The body is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Paths are put together where they are told: doing it for each field took as long as reading it. */
function within(path: string, field: string): string {
  return field === "" ? path : `${path}.${field}`;
}

function malformed(path: string, message: string): AppError {
  return new AppError("invalid_input", `${path || "The body"} ${message}.`, { issues: [{ path, message }] });
}

function object(value: unknown, path: string, field = ""): Fields {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw malformed(within(path, field), "must be an object");
  return value as Fields;
}

function optionalObject(value: unknown, path: string, field = ""): Fields | undefined {
  return value === undefined || value === null ? undefined : object(value, path, field);
}

function list(value: unknown, path: string, field = ""): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(within(path, field), "must be a list");
  return value;
}

function text(value: unknown, path: string, field = ""): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw malformed(within(path, field), "must be a string");
  return value;
}

function integer(value: unknown, path: string, field = ""): number {
  if (value === undefined || value === null) return 0;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number))
    throw malformed(within(path, field), "must be an integer");
  return number;
}

const decimal = /^-?\d{1,20}$/;

/** A number where it is exact in a double, else its decimal digits as a string. */
function int64(value: unknown, path: string, field = ""): Json {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string" && decimal.test(value)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  throw malformed(within(path, field), "must be a 64-bit integer, as a number or a string");
}

function double(value: unknown, path: string, field = ""): Json {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return value;
  if (typeof value === "string" && value !== "" && Number.isFinite(Number(value))) return Number(value);
  throw malformed(within(path, field), "must be a number");
}

const unsigned = /^\d{1,20}$/;

function nanos(value: unknown, path: string, field = ""): string {
  if (value === undefined || value === null || value === "") return "0";
  if (typeof value === "string" && unsigned.test(value)) return value;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 64) {
    return BigInt(value).toString();
  }
  throw malformed(within(path, field), "must be nanoseconds since the Unix epoch, as a string or a number");
}
