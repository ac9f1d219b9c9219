import { PbfReader } from "pbf";
import { AppError } from "#lib/core/errors.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { RawSpan } from "#lib/traces/span.ts";
import { setMember } from "./decode-json.ts";
import { emptyLog, emptySpan, valueDepthLimit, type WireGroup, type WireLog, type WireSpan } from "./wire.ts";

/**
 * Decodes a binary ExportTraceServiceRequest to what its JSON encoding decodes to. The field numbers are those of
 * opentelemetry-proto v1.11 (trace.proto, common.proto, resource.proto); unknown fields are skipped. Throws
 * `invalid_input` where the bytes are no such message.
 */
export function decodeTracesProtobuf(bytes: Uint8Array): WireGroup<WireSpan>[] {
  return decodeGroups(bytes, readSpan, emptySpan);
}

/** Decodes a binary ExportLogsServiceRequest, likewise (logs.proto). */
export function decodeLogsProtobuf(bytes: Uint8Array): WireGroup<WireLog>[] {
  return decodeGroups(bytes, readLog, emptyLog);
}

/** How many data points a binary ExportMetricsServiceRequest holds (metrics.proto). */
export function countMetricPointsProtobuf(bytes: Uint8Array): number {
  const count = { points: 0 };
  const readData = (tag: number, _: object, pbf: PbfReader) => {
    if (tag === 1 && isBytes(pbf)) {
      count.points++;
      pbf.skip(2);
    }
  };
  // gauge 5, sum 7, histogram 9, exponential_histogram 10, summary 11: each holds its data_points as field 1.
  const readMetric = (tag: number, _: object, pbf: PbfReader) => {
    if ((tag === 5 || tag === 7 || (tag >= 9 && tag <= 11)) && isBytes(pbf)) message(pbf, readData, {});
  };
  decodeGroups(bytes, readMetric, () => ({}));
  return count.points;
}

type ReadField<Result> = (tag: number, result: Result, pbf: PbfReader) => void;

function decodeGroups<Item>(
  bytes: Uint8Array,
  readItem: ReadField<Item>,
  emptyItem: () => Item,
): WireGroup<Item>[] {
  const groups: WireGroup<Item>[] = [];
  const pbf = new PbfReader(bytes);
  try {
    pbf.readFields<object>((tag) => {
      if (tag !== 1 || !isBytes(pbf)) return;
      const resource: JsonObject = {};
      const first = groups.length;
      message(
        pbf,
        (groupTag) => {
          if (!isBytes(pbf)) return;
          if (groupTag === 1) message(pbf, readResource, resource);
          else if (groupTag === 2) groups.push(readGroup(pbf, readItem, emptyItem));
        },
        {},
      );
      // A resource may follow its scopes on the wire.
      for (let i = first; i < groups.length; i++) groups[i]!.resource = resource;
    }, {});
    if (pbf.pos !== pbf.length) throw new RangeError("the message ends inside a field");
    return groups;
  } catch (cause) {
    throw new AppError("invalid_input", `The body is not this OTLP message: ${(cause as Error).message}.`, {
      cause,
      issues: [{ path: "", message: "must be a binary Protobuf export request" }],
    });
  }
}

function readGroup<Item>(pbf: PbfReader, readItem: ReadField<Item>, emptyItem: () => Item): WireGroup<Item> {
  const group: WireGroup<Item> = { resource: {}, scope: { name: "", version: null }, items: [] };
  return message(
    pbf,
    (tag) => {
      if (!isBytes(pbf)) return;
      if (tag === 1) message(pbf, readScope, group.scope);
      else if (tag === 2) group.items.push(message(pbf, readItem, emptyItem()));
    },
    group,
  );
}

function readResource(tag: number, resource: JsonObject, pbf: PbfReader): void {
  if (tag === 1 && isBytes(pbf)) readKeyValue(pbf, resource, 0);
}

function readScope(tag: number, scope: RawSpan["scope"], pbf: PbfReader): void {
  if (!isBytes(pbf)) return;
  if (tag === 1) scope.name = pbf.readString();
  else if (tag === 2) scope.version = pbf.readString() || null;
  else if (tag === 3) {
    scope.attributes ??= {};
    readKeyValue(pbf, scope.attributes, 0);
  }
}

function readSpan(tag: number, span: WireSpan, pbf: PbfReader): void {
  if (isBytes(pbf)) {
    if (tag === 1) span.traceId = readHex(pbf);
    else if (tag === 2) span.spanId = readHex(pbf);
    else if (tag === 3) span.traceState = pbf.readString();
    else if (tag === 4) span.parentSpanId = readHex(pbf);
    else if (tag === 5) span.name = pbf.readString();
    else if (tag === 9) readKeyValue(pbf, span.attributes, 0);
    else if (tag === 11) {
      span.events.push(message(pbf, readEvent, { name: "", timeUnixNano: "0", attributes: {} }));
    } else if (tag === 13) {
      span.links.push(message(pbf, readLink, { traceId: "", spanId: "", attributes: {} }));
    } else if (tag === 15) message(pbf, readStatus, span);
  } else if (isVarint(pbf)) {
    if (tag === 6) span.kind = pbf.readVarint();
    else if (tag === 10) span.droppedAttributesCount = pbf.readVarint();
    else if (tag === 12) span.droppedEventsCount = pbf.readVarint();
    else if (tag === 14) span.droppedLinksCount = pbf.readVarint();
  } else if (isFixed64(pbf)) {
    if (tag === 7) span.startTimeUnixNano = readNanos(pbf);
    else if (tag === 8) span.endTimeUnixNano = readNanos(pbf);
  } else if (isFixed32(pbf) && tag === 16) span.flags = pbf.readFixed32();
}

function readEvent(tag: number, event: RawSpan["events"][number], pbf: PbfReader): void {
  if (tag === 1 && isFixed64(pbf)) event.timeUnixNano = readNanos(pbf);
  else if (tag === 2 && isBytes(pbf)) event.name = pbf.readString();
  else if (tag === 3 && isBytes(pbf)) readKeyValue(pbf, event.attributes, 0);
}

function readLink(tag: number, link: RawSpan["links"][number], pbf: PbfReader): void {
  if (!isBytes(pbf)) return;
  if (tag === 1) link.traceId = readHex(pbf);
  else if (tag === 2) link.spanId = readHex(pbf);
  else if (tag === 4) readKeyValue(pbf, link.attributes, 0);
}

function readStatus(tag: number, span: WireSpan, pbf: PbfReader): void {
  if (tag === 2 && isBytes(pbf)) span.statusMessage = pbf.readString();
  else if (tag === 3 && isVarint(pbf)) span.statusCode = pbf.readVarint();
}

function readLog(tag: number, log: WireLog, pbf: PbfReader): void {
  if (isFixed64(pbf)) {
    if (tag === 1) log.timeUnixNano = readNanos(pbf);
    else if (tag === 11) log.observedTimeUnixNano = readNanos(pbf);
  } else if (isBytes(pbf)) {
    if (tag === 3) log.severityText = pbf.readString();
    else if (tag === 5) {
      const holder = message(pbf, readAnyValue, { value: null, isSet: false, depth: 0 });
      if (holder.isSet) log.body = holder.value;
    } else if (tag === 6) readKeyValue(pbf, log.attributes, 0);
    else if (tag === 9) log.traceId = readHex(pbf);
    else if (tag === 10) log.spanId = readHex(pbf);
    else if (tag === 12) log.eventName = pbf.readString();
  }
}

type ValueHolder = { value: Json; isSet: boolean; depth: number };

function readKeyValue(pbf: PbfReader, target: JsonObject, depth: number): void {
  const pair = { key: "", holder: { value: null as Json, isSet: false, depth } };
  message(
    pbf,
    (tag) => {
      if (!isBytes(pbf)) return;
      if (tag === 1) pair.key = pbf.readString();
      else if (tag === 2) message(pbf, readAnyValue, pair.holder);
    },
    pair,
  );
  setMember(target, pair.key, pair.holder.value);
}

function readAnyValue(tag: number, holder: ValueHolder, pbf: PbfReader): void {
  if (holder.depth > valueDepthLimit)
    throw new RangeError(`a value is nested more than ${valueDepthLimit} deep`);
  if (isBytes(pbf)) {
    if (tag === 1) holder.value = pbf.readString();
    else if (tag === 5) {
      const values: Json[] = [];
      message(
        pbf,
        (arrayTag) => {
          if (arrayTag !== 1 || !isBytes(pbf)) return;
          values.push(
            message(pbf, readAnyValue, { value: null, isSet: false, depth: holder.depth + 1 }).value,
          );
        },
        values,
      );
      holder.value = values;
    } else if (tag === 6) {
      const members: JsonObject = {};
      message(
        pbf,
        (listTag) => {
          if (listTag === 1 && isBytes(pbf)) readKeyValue(pbf, members, holder.depth + 1);
        },
        members,
      );
      holder.value = members;
    } else if (tag === 7) holder.value = Buffer.from(pbf.readBytes()).toString("base64");
    else return;
  } else if (isVarint(pbf)) {
    if (tag === 2) holder.value = pbf.readVarint() !== 0;
    else if (tag === 3) holder.value = readInt64(pbf);
    else return;
  } else if (isFixed64(pbf) && tag === 4) {
    const number = pbf.readDouble();
    holder.value = Number.isFinite(number) ? number : String(number);
  } else return;
  holder.isSet = true;
}

/** Reads a nested message and checks that its fields end where it does. */
function message<Result>(pbf: PbfReader, readField: ReadField<Result>, result: Result): Result {
  const length = pbf.readVarint();
  const end = length + pbf.pos;
  if (end > pbf.length) throw new RangeError("a field is longer than the message that holds it");
  pbf.readFields(readField, result, end);
  if (pbf.pos !== end) throw new RangeError("a message ends inside a field");
  return result;
}

const isVarint = (pbf: PbfReader) => pbf.type === 0;
const isFixed64 = (pbf: PbfReader) => pbf.type === 1;
const isBytes = (pbf: PbfReader) => pbf.type === 2;
const isFixed32 = (pbf: PbfReader) => pbf.type === 5;

function readHex(pbf: PbfReader): string {
  const bytes = pbf.readBytes();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

function readNanos(pbf: PbfReader): string {
  const low = pbf.readFixed32();
  const high = pbf.readFixed32();
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/** A number where it is exact in a double, else its decimal digits. The varint is read by hand: pbf rounds it. */
function readInt64(pbf: PbfReader): Json {
  const start = pbf.pos;
  const number = pbf.readVarint(true);
  if (Number.isSafeInteger(number)) return number;
  let bits = 0n;
  for (let i = start, shift = 0n; i < pbf.pos; i++, shift += 7n) bits |= BigInt(pbf.buf[i]! & 0x7f) << shift;
  return BigInt.asIntN(64, bits).toString();
}
