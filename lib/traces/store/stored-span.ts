import { CopyBuffer } from "#lib/db/copy.ts";
import { packRaw } from "../pack-raw.ts";
import type { RawSpan, SpanContent, SpanFacts } from "../span.ts";

/** A span as it is written: its links resolved, its call priced. */
export type StoredSpan = {
  projectId: string;
  span: SpanFacts;
  /** Only of spans whose content can't be derived from `raw`. */
  content: SpanContent | null;
  /** A leaf model call: only these are summed. */
  isModelCall: boolean;
  modelVersionId: string | null;
  abTestId: string | null;
  receivedAtUs: number;
};

type Column = readonly [name: string, write: (buffer: CopyBuffer, row: StoredSpan) => void];

const spanTable: readonly Column[] = [
  ["project_id", (to, row) => to.uuid(row.projectId)],
  ["trace_id", (to, row) => to.uuid(row.span.traceId)],
  ["start_time", (to, row) => to.timestamp(row.span.startTimeUs)],
  ["received_at", (to, row) => to.timestamp(row.receivedAtUs)],
  ["duration_us", (to, row) => to.bigint(durationUs(row.span))],
  ["cost_usd", (to, row) => to.double(row.span.cost.usd)],
  ["ttft_ms", (to, row) => to.double(row.span.timeToFirstTokenMs)],
  ["prompt_version_id", (to, row) => to.uuid(row.span.prompt?.versionId ?? null)],
  ["model_version_id", (to, row) => to.uuid(row.modelVersionId)],
  ["ab_test_id", (to, row) => to.uuid(row.abTestId)],
  ["input_tokens", (to, row) => to.integer(row.span.usage.inputTokens)],
  ["output_tokens", (to, row) => to.integer(row.span.usage.outputTokens)],
  ["cached_input_tokens", (to, row) => to.integer(row.span.usage.cachedInputTokens)],
  ["cache_write_input_tokens", (to, row) => to.integer(row.span.usage.cacheWriteInputTokens)],
  ["reasoning_output_tokens", (to, row) => to.integer(row.span.usage.reasoningOutputTokens)],
  ["mapping_version", (to, row) => to.smallint(row.span.mappingVersion)],
  ["is_model_call", (to, row) => to.boolean(row.isModelCall)],
  ["span_id", (to, row) => to.hex(row.span.spanId)],
  ["parent_span_id", (to, row) => to.hex(row.span.parentSpanId)],
  ["name", (to, row) => to.text(row.span.name)],
  ["kind", (to, row) => to.text(row.span.kind)],
  ["operation", (to, row) => to.text(row.span.operation)],
  ["status", (to, row) => to.text(row.span.status)],
  ["error_type", (to, row) => to.text(row.span.errorType)],
  ["error_message", (to, row) => to.text(row.span.errorMessage)],
  ["service", (to, row) => to.text(row.span.service)],
  ["environment", (to, row) => to.text(row.span.environment)],
  ["release", (to, row) => to.text(row.span.release)],
  ["user_id", (to, row) => to.text(row.span.userId)],
  ["session_id", (to, row) => to.text(row.span.sessionId)],
  ["tags", (to, row) => to.texts(row.span.tags.length > 0 ? row.span.tags : null)],
  ["provider", (to, row) => to.text(row.span.provider)],
  ["request_model", (to, row) => to.text(row.span.requestModel)],
  ["response_model", (to, row) => to.text(row.span.responseModel)],
  ["response_id", (to, row) => to.text(row.span.responseId ?? null)],
  ["usage_source", (to, row) => to.text(row.span.usage.source)],
  ["cost_source", (to, row) => to.text(row.span.cost.source)],
  ["prompt_name", (to, row) => to.text(row.span.prompt?.name ?? null)],
  ["prompt_version_text", (to, row) => to.text(row.span.prompt?.version ?? null)],
  ["ab_test_key", (to, row) => to.text(row.span.assignment?.abTestKey ?? null)],
  ["variant_key", (to, row) => to.text(row.span.assignment?.variantKey ?? null)],
  ["unit_id", (to, row) => to.text(row.span.assignment?.unitId ?? null)],
  ["deployment", (to, row) => to.text(row.span.deployment)],
  ["dialect", (to, row) => to.text(row.span.dialect)],
];

const payloadTable: readonly Column[] = [
  ["project_id", (to, row) => to.uuid(row.projectId)],
  ["trace_id", (to, row) => to.uuid(row.span.traceId)],
  ["start_time", (to, row) => to.timestamp(row.span.startTimeUs)],
  ["span_id", (to, row) => to.hex(row.span.spanId)],
  ["raw", (to, row) => writeRaw(to, row.span.raw)],
  ["content", (to, row) => to.text(row.content && JSON.stringify(row.content))],
];

export const spanColumns = spanTable.map(([name]) => name);
export const payloadColumns = payloadTable.map(([name]) => name);

/** The rows of both tables in COPY's binary form. */
export type EncodedSpans = { spans: Buffer; payloads: Buffer; rowCount: number; byteLength: number };

export function encodeSpans(rows: readonly StoredSpan[]): EncodedSpans {
  const spans = encode(spanTable, rows, 700);
  const payloads = encode(payloadTable, rows, 2000);
  return { spans, payloads, rowCount: rows.length, byteLength: spans.length + payloads.length };
}

function encode(table: readonly Column[], rows: readonly StoredSpan[], bytesPerRow: number): Buffer {
  const buffer = new CopyBuffer(rows.length * bytesPerRow);
  for (const row of rows) {
    buffer.startRow(table.length);
    for (const [, write] of table) write(buffer, row);
  }
  return buffer.bytes();
}

/** The raw span as JSON. Its resource and scope, which all spans of a request share, are written out once. */
function writeRaw(to: CopyBuffer, raw: RawSpan): void {
  const { resource, scope, ...own } = raw;
  to.bytea(packRaw(textOfOrigin(resource, scope), JSON.stringify(own).slice(1)));
}

const origins = new WeakMap<object, { scope: object; text: Buffer }>();

function textOfOrigin(resource: RawSpan["resource"], scope: RawSpan["scope"]): Buffer {
  let origin = origins.get(resource);
  if (origin?.scope !== scope) {
    const text = `{"resource":${JSON.stringify(resource)},"scope":${JSON.stringify(scope)},`;
    origin = { scope, text: Buffer.from(text) };
    origins.set(resource, origin);
  }
  return origin.text;
}

function durationUs(span: SpanFacts): number | null {
  return span.endTimeUs === null ? null : Math.max(0, span.endTimeUs - span.startTimeUs);
}
