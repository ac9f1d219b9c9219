import { readSql, type Sql } from "#lib/db/postgres.ts";
import { contentOfRaw } from "../conventions/span-of-raw.ts";
import { parseRaw } from "../pack-raw.ts";
import { textsOf } from "../packs/texts-of.ts";
import { type DocSpan, type TraceDoc, toDocs } from "../packs/trace-doc.ts";
import { WordCollector } from "../packs/word-collector.ts";
import type { Operation, SpanContent } from "../span.ts";
import { isDistributed } from "./lock-rows.ts";

/** Between them start all spans that are to be found. Null: anywhere. */
export type SpanWindow = { from: Date; to: Date } | null;

const chunkSize = 500;

/**
 * The docs of these traces (ids as 32 hexadecimal characters) as their spans are now; a trace without spans has
 * none. Without `withWords` what was said is not read, and is not among the terms.
 */
export async function readDocs(
  projectId: string,
  traceIds: readonly string[],
  window: SpanWindow,
  withWords: boolean,
  db: Sql = readSql(),
): Promise<TraceDoc[]> {
  const docs: TraceDoc[] = [];
  const termOfWord = new Map<string, string>();
  for (let i = 0; i < traceIds.length; i += chunkSize) {
    const ids = traceIds.slice(i, i + chunkSize);
    const spans = await readSpans(db, projectId, ids, window);
    const words = withWords ? await readWords(db, projectId, ids, window, spans, termOfWord) : new Map();
    docs.push(...toDocs(spans.map(toDocSpan), words));
    // Between chunks whoever else needs this thread has it.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return docs;
}

type Row = {
  trace_id: string;
  span_id: string;
  has_parent: boolean;
  start_us: number;
  duration_us: number | null;
  is_model_call: boolean;
  cost_usd: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  ttft_ms: number | null;
  name: string;
  user_id: string | null;
  session_id: string | null;
  tags: string[] | null;
  error_message: string | null;
  operation: Operation;
  provider: string | null;
  request_model: string | null;
  response_model: string | null;
  prompt_name: string | null;
  prompt_version_text: string | null;
  prompt_version_id: string | null;
  model_version_id: string | null;
  ab_test_key: string | null;
  variant_key: string | null;
  deployment: string | null;
  error_type: string | null;
  status: "ok" | "error";
  environment: string | null;
  release: string | null;
  service: string | null;
};

async function readSpans(db: Sql, projectId: string, traceIds: readonly string[], window: SpanWindow) {
  return await db<Row[]>`
    select encode(uuid_send(trace_id), 'hex') as trace_id, encode(span_id, 'hex') as span_id,
      parent_span_id is not null as has_parent, (extract(epoch from start_time) * 1000000)::bigint as start_us,
      duration_us, is_model_call, cost_usd, input_tokens, output_tokens, ttft_ms, name, user_id, session_id, tags,
      error_message, operation, provider, request_model, response_model, prompt_name, prompt_version_text,
      prompt_version_id, model_version_id, ab_test_key, variant_key, deployment, error_type, status, environment,
      release, service
    from ${tracesIn(db, "spans", projectId, traceIds, window, await isDistributed(db))}`;
}

function toDocSpan(row: Row): DocSpan {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    hasParent: row.has_parent,
    startUs: row.start_us,
    durationUs: row.duration_us,
    isModelCall: row.is_model_call,
    costUsd: row.cost_usd,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    firstTokenMs: row.ttft_ms,
    name: row.name,
    isError: row.status === "error",
    userId: row.user_id,
    sessionId: row.session_id,
    tags: row.tags,
    // In the order of `signatureFields`.
    signature: [
      row.operation,
      row.provider,
      row.request_model,
      row.response_model,
      row.prompt_name,
      row.prompt_version_text,
      row.prompt_version_id,
      row.model_version_id,
      row.ab_test_key,
      row.variant_key,
      row.deployment,
      row.error_type,
      row.status,
      row.environment,
      row.release,
      row.service,
    ],
  };
}

type PayloadRow = { trace_id: string; span_id: string; raw: Buffer; content: string | null };

async function readWords(
  db: Sql,
  projectId: string,
  traceIds: readonly string[],
  window: SpanWindow,
  spans: readonly Row[],
  termOfWord: Map<string, string>,
): Promise<Map<string, Set<string>>> {
  const collector = new WordCollector(termOfWord);
  const spanOf = new Map(spans.map((span) => [`${span.trace_id}${span.span_id}`, span]));
  const payloads = db<PayloadRow[]>`
    select encode(uuid_send(trace_id), 'hex') as trace_id, encode(span_id, 'hex') as span_id, raw, content
    from ${tracesIn(db, "span_payloads", projectId, traceIds, window, await isDistributed(db))}`;
  // A cursor, because payloads may be a megabyte each.
  for await (const rows of payloads.cursor(400)) {
    for (const row of rows) {
      const span = spanOf.get(`${row.trace_id}${row.span_id}`);
      if (!span) continue;
      collector.add(row.trace_id, textsOf(contentOf(row, span), span.error_message));
    }
  }
  return collector.words;
}

/** The texts of these traces that free text is looked for in, by trace. */
export async function readTexts(
  projectId: string,
  traceIds: readonly string[],
  window: SpanWindow,
): Promise<Map<string, string[]>> {
  const db = readSql();
  const spans = await readSpans(db, projectId, traceIds, window);
  const spanOf = new Map(spans.map((span) => [`${span.trace_id}${span.span_id}`, span]));
  const rows = await db<PayloadRow[]>`
    select encode(uuid_send(trace_id), 'hex') as trace_id, encode(span_id, 'hex') as span_id, raw, content
    from ${tracesIn(db, "span_payloads", projectId, traceIds, window, await isDistributed(db))}`;
  const texts = new Map<string, string[]>();
  for (const row of rows) {
    const span = spanOf.get(`${row.trace_id}${row.span_id}`);
    if (!span) continue;
    const own = texts.get(row.trace_id) ?? [];
    own.push(...textsOf(contentOf(row, span), span.error_message));
    texts.set(row.trace_id, own);
  }
  return texts;
}

function contentOf(row: PayloadRow, span: Row): SpanContent {
  if (row.content) return JSON.parse(row.content) as SpanContent;
  return contentOfRaw({ name: span.name, operation: span.operation, raw: parseRaw(row.raw) });
}

/**
 * Rows of these traces, to select from: each trace looked up by itself, or before the first autovacuum of a day a
 * thousand traces would be found by reading the whole day (1 s where this takes 30 ms, at 90,000 spans). Citus takes
 * no lateral subquery: there they are joined. The bounds are timestamps, not texts, so that partitions beyond them are
 * not even planned.
 */
function tracesIn(
  db: Sql,
  table: "spans" | "span_payloads",
  projectId: string,
  traceIds: readonly string[],
  window: SpanWindow,
  isOnShards: boolean,
) {
  const within = window === null ? db`` : db`and start_time >= ${window.from} and start_time < ${window.to}`;
  const ids = db`unnest(${traceIds as string[]}::uuid[]) as k (id)`;
  if (isOnShards) {
    return db`${ids} join ${db(table)} on trace_id = k.id and project_id = ${projectId} ${within}`;
  }
  return db`${ids} cross join lateral (
    select * from ${db(table)} where trace_id = k.id and project_id = ${projectId} ${within} offset 0) as rows_of_trace`;
}
