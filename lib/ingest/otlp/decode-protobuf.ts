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
  const pbf = new PbfReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
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
  if (tag === 1) scope.name = readText(pbf);
  else if (tag === 2) scope.version = readText(pbf) || null;
  else if (tag === 3) {
    scope.attributes ??= {};
    readKeyValue(pbf, scope.attributes, 0);
  }
}

function readSpan(tag: number, span: WireSpan, pbf: PbfReader): void {
  if (isBytes(pbf)) {
    if (tag === 1) span.traceId = readHex(pbf);
    else if (tag === 2) span.spanId = readHex(pbf);
    else if (tag === 3) span.traceState = readText(pbf);
    else if (tag === 4) span.parentSpanId = readHex(pbf);
    else if (tag === 5) span.name = readText(pbf);
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
  else if (tag === 2 && isBytes(pbf)) event.name = readText(pbf);
  else if (tag === 3 && isBytes(pbf)) readKeyValue(pbf, event.attributes, 0);
}

function readLink(tag: number, link: RawSpan["links"][number], pbf: PbfReader): void {
  if (!isBytes(pbf)) return;
  if (tag === 1) link.traceId = readHex(pbf);
  else if (tag === 2) link.spanId = readHex(pbf);
  else if (tag === 4) readKeyValue(pbf, link.attributes, 0);
}

function readStatus(tag: number, span: WireSpan, pbf: PbfReader): void {
  if (tag === 2 && isBytes(pbf)) span.statusMessage = readText(pbf);
  else if (tag === 3 && isVarint(pbf)) span.statusCode = pbf.readVarint();
}

function readLog(tag: number, log: WireLog, pbf: PbfReader): void {
  if (isFixed64(pbf)) {
    if (tag === 1) log.timeUnixNano = readNanos(pbf);
    else if (tag === 11) log.observedTimeUnixNano = readNanos(pbf);
  } else if (isBytes(pbf)) {
    if (tag === 3) log.severityText = readText(pbf);
    else if (tag === 5) {
      const holder = message(pbf, readAnyValue, { value: null, isSet: false, depth: 0 });
      if (holder.isSet) log.body = holder.value;
    } else if (tag === 6) readKeyValue(pbf, log.attributes, 0);
    else if (tag === 9) log.traceId = readHex(pbf);
    else if (tag === 10) log.spanId = readHex(pbf);
    else if (tag === 12) log.eventName = readText(pbf);
  }
}

type ValueHolder = { value: Json; isSet: boolean; depth: number };

function readKeyValue(pbf: PbfReader, target: JsonObject, depth: number): void {
  const pair = message(pbf, readPair, { key: "", value: { value: null, isSet: false, depth } });
  setMember(target, pair.key, pair.value.value);
}

function readPair(tag: number, pair: { key: string; value: ValueHolder }, pbf: PbfReader): void {
  if (!isBytes(pbf)) return;
  if (tag === 1) pair.key = readKey(pbf);
  else if (tag === 2) message(pbf, readAnyValue, pair.value);
}

function readAnyValue(tag: number, holder: ValueHolder, pbf: PbfReader): void {
  if (holder.depth > valueDepthLimit)
    throw new RangeError(`a value is nested more than ${valueDepthLimit} deep`);
  if (isBytes(pbf)) {
    if (tag === 1) holder.value = readText(pbf);
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

/** UTF-8; Buffer's own reading takes half as long as the reader's TextDecoder, which also drops a leading U+FEFF. */
function readText(pbf: PbfReader): string {
  return readTextTo(pbf, endOfBytes(pbf));
}

/** Attribute keys repeat from span to span: one that was read before is told by its bytes, without decoding it. */
function readKey(pbf: PbfReader): string {
  const end = endOfBytes(pbf);
  const { buf, pos: start } = pbf;
  if (end - start > keyLengthLimit) return readTextTo(pbf, end);
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash, 31) + buf[at]!;
  const slot = hash & (keySlots - 1);
  const known = keys[slot];
  if (known !== undefined && isSpelled(known, buf, start, end)) {
    pbf.pos = end;
    return known;
  }
  const key = readTextTo(pbf, end);
  if (isAscii(key)) keys[slot] = key;
  return key;
}

const keySlots = 4096;
const keyLengthLimit = 80;
const keys = new Array<string | undefined>(keySlots);

function isSpelled(key: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let index = 0; index < key.length; index++) {
    if (key.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

function readTextTo(pbf: PbfReader, end: number): string {
  const text = bytesOf(pbf).utf8Slice(pbf.pos, end);
  pbf.pos = end;
  return text;
}

function endOfBytes(pbf: PbfReader): number {
  const length = pbf.readVarint();
  const end = pbf.pos + length;
  if (end > pbf.length) throw new RangeError("a text is longer than the message that holds it");
  return end;
}

/** Readers of Node's Buffer that its types leave out. `decodeGroups` gives the reader a Buffer. */
type NodeBuffer = Buffer & {
  utf8Slice(start: number, end: number): string;
  hexSlice(start: number, end: number): string;
};

function bytesOf(pbf: PbfReader): NodeBuffer {
  return pbf.buf as NodeBuffer;
}

function readHex(pbf: PbfReader): string {
  const end = endOfBytes(pbf);
  const text = bytesOf(pbf).hexSlice(pbf.pos, end);
  pbf.pos = end;
  return text;
}

function readNanos(pbf: PbfReader): string {
  const low = pbf.readFixed32();
  const high = pbf.readFixed32();
  // Until 2116 all parts are exact in doubles: half the time of a BigInt.
  if (high < 2 ** 30) {
    const upper = high * 2 ** 32;
    const seconds = Math.floor(upper / 1e9);
    const rest = upper - seconds * 1e9 + low;
    const carry = Math.floor(rest / 1e9);
    const nanos = rest - carry * 1e9;
    return seconds + carry === 0 ? String(nanos) : `${seconds + carry}${String(nanos).padStart(9, "0")}`;
  }
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
