import type { Sql } from "#lib/db/postgres.ts";
import { contentOfRaw } from "../conventions/span-of-raw.ts";
import { parseRaw } from "../pack-raw.ts";
import type { Span, SpanContent, SpanFacts } from "../span.ts";
import type { StoredSpan } from "./stored-span.ts";

/** A row of `spans` (as `s`) as `selectSpan` asks for it. */
export type SpanRow = {
  project_id: string;
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  start_us: number;
  received_us: number;
  duration_us: number | null;
  cost_usd: number | null;
  ttft_ms: number | null;
  prompt_version_id: string | null;
  model_version_id: string | null;
  ab_test_id: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cached_input_tokens: number | null;
  cache_write_input_tokens: number | null;
  reasoning_output_tokens: number | null;
  mapping_version: number;
  is_model_call: boolean;
  name: string;
  kind: SpanFacts["kind"];
  operation: SpanFacts["operation"];
  status: SpanFacts["status"];
  error_type: string | null;
  error_message: string | null;
  service: string | null;
  environment: string | null;
  release: string | null;
  user_id: string | null;
  session_id: string | null;
  tags: string[] | null;
  provider: string | null;
  request_model: string | null;
  response_model: string | null;
  response_id: string | null;
  usage_source: SpanFacts["usage"]["source"];
  cost_source: SpanFacts["cost"]["source"];
  prompt_name: string | null;
  prompt_version_text: string | null;
  ab_test_key: string | null;
  variant_key: string | null;
  unit_id: string | null;
  deployment: string | null;
  dialect: string;
};

export type PayloadRow = { raw: Buffer; content: string | null };

/** The select list of a `SpanRow`, from `spans s`. */
export function selectSpan(tx: Sql) {
  return tx`s.project_id, replace(s.trace_id::text, '-', '') as trace_id, encode(s.span_id, 'hex') as span_id,
    encode(s.parent_span_id, 'hex') as parent_span_id,
    (extract(epoch from s.start_time) * 1000000)::bigint as start_us,
    (extract(epoch from s.received_at) * 1000000)::bigint as received_us,
    s.duration_us, s.cost_usd, s.ttft_ms, s.prompt_version_id, s.model_version_id, s.ab_test_id, s.input_tokens,
    s.output_tokens, s.cached_input_tokens, s.cache_write_input_tokens, s.reasoning_output_tokens,
    s.mapping_version, s.is_model_call, s.name, s.kind, s.operation, s.status, s.error_type, s.error_message,
    s.service, s.environment, s.release, s.user_id, s.session_id, s.tags, s.provider, s.request_model,
    s.response_model, s.response_id, s.usage_source, s.cost_source, s.prompt_name, s.prompt_version_text,
    s.ab_test_key, s.variant_key, s.unit_id, s.deployment, s.dialect`;
}

/** What the list and the tree show of a span: its columns, without what was sent. */
export type SpanSummary = Omit<SpanFacts, "raw"> & {
  durationUs: number | null;
  isModelCall: boolean;
  modelVersionId: string | null;
  abTestId: string | null;
  receivedAtUs: number;
};

export function toSummary(row: SpanRow): SpanSummary {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    name: row.name,
    kind: row.kind,
    operation: row.operation,
    startTimeUs: row.start_us,
    endTimeUs: row.duration_us === null ? null : row.start_us + row.duration_us,
    durationUs: row.duration_us,
    status: row.status,
    errorType: row.error_type,
    errorMessage: row.error_message,
    service: row.service,
    environment: row.environment,
    release: row.release,
    userId: row.user_id,
    sessionId: row.session_id,
    tags: row.tags ?? [],
    provider: row.provider,
    requestModel: row.request_model,
    responseModel: row.response_model,
    responseId: row.response_id,
    usage: {
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      cachedInputTokens: row.cached_input_tokens,
      cacheWriteInputTokens: row.cache_write_input_tokens,
      reasoningOutputTokens: row.reasoning_output_tokens,
      source: row.usage_source,
    },
    cost: { usd: row.cost_usd, source: row.cost_source },
    timeToFirstTokenMs: row.ttft_ms,
    prompt:
      row.prompt_name === null
        ? null
        : { name: row.prompt_name, version: row.prompt_version_text, versionId: row.prompt_version_id },
    assignment:
      row.ab_test_key === null || row.variant_key === null
        ? null
        : { abTestKey: row.ab_test_key, variantKey: row.variant_key, unitId: row.unit_id },
    deployment: row.deployment,
    dialect: row.dialect,
    mappingVersion: row.mapping_version,
    isModelCall: row.is_model_call,
    modelVersionId: row.model_version_id,
    abTestId: row.ab_test_id,
    receivedAtUs: row.received_us,
  };
}

/** Everything of one span: its columns, and the content stored or derived from what was sent. */
export type SpanDetail = SpanSummary & Span;

export function toDetail(row: SpanRow & PayloadRow): SpanDetail {
  const summary = toSummary(row);
  const raw = parseRaw(row.raw);
  const content = row.content
    ? (JSON.parse(row.content) as SpanContent)
    : contentOfRaw({ name: summary.name, operation: summary.operation, raw });
  return { ...summary, ...content, raw };
}

/** The row as the writer wrote it. */
export function toStored(row: SpanRow & PayloadRow): StoredSpan {
  const { durationUs, isModelCall, modelVersionId, abTestId, receivedAtUs, ...facts } = toSummary(row);
  return {
    projectId: row.project_id,
    span: { ...facts, raw: parseRaw(row.raw) },
    content: row.content ? (JSON.parse(row.content) as SpanContent) : null,
    isModelCall,
    modelVersionId,
    abTestId,
    receivedAtUs,
  };
}
