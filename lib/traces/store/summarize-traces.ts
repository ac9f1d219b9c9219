import type { Context } from "#lib/core/context.ts";
import { readSql, type Sql } from "#lib/db/postgres.ts";
import { contentOfRaw } from "../conventions/span-of-raw.ts";
import { parseRaw } from "../pack-raw.ts";
import { previewOf } from "../preview.ts";
import type { TraceSummary } from "../schema.ts";
import type { Operation, SpanContent } from "../span.ts";

type TraceMatch = { traceId: string; startUs: number };

/** The summaries of these traces, in the order given. Usage and cost come from leaf model calls only. */
export async function summarizeTraces(ctx: Context, matches: readonly TraceMatch[]): Promise<TraceSummary[]> {
  if (matches.length === 0) return [];
  const traceIds = matches.map((match) => match.traceId);
  const [rollups, contents, scores] = await Promise.all([
    readRollups(ctx, matches),
    readContents(ctx, matches),
    readScores(ctx, traceIds),
  ]);
  const rollupOf = new Map(rollups.map((row) => [row.trace_id, row]));
  const previewOfTrace = new Map(contents.map((row) => [row.trace_id, previewOf(contentOf(row))]));
  return traceIds.flatMap((traceId) => {
    const row = rollupOf.get(traceId);
    if (!row) return [];
    const preview = previewOfTrace.get(traceId) ?? { input: null, output: null };
    return [{ ...toSummary(row), ...preview, scores: scores.get(traceId) ?? [] }];
  });
}

/**
 * The spans of these traces as `s`: each trace is looked for in the day from its start, whose partitions are found
 * trace by trace; bounds of the whole page alone would have each looked for in every day between.
 */
function spansOf(db: Sql, ctx: Context, matches: readonly TraceMatch[]) {
  const earliestUs = Math.min(...matches.map((match) => match.startUs));
  const latestUs = Math.max(...matches.map((match) => match.startUs));
  return db`
    from unnest(${matches.map((match) => match.traceId)}::uuid[], ${matches.map((match) => isoOfUs(match.startUs))}::text[]::timestamptz[]) as k (trace_id, first_start)
      join spans s on s.trace_id = k.trace_id and s.project_id = ${ctx.projectId}
        and s.start_time >= k.first_start and s.start_time <= k.first_start + interval '1 day'
        and s.start_time >= ${new Date(Math.floor(earliestUs / 1000))}
        and s.start_time <= ${new Date(Math.ceil(latestUs / 1000) + 86_400_000)}`;
}

function isoOfUs(microseconds: number): string {
  return new Date(Math.floor(microseconds / 1000)).toISOString();
}

type Rollup = {
  trace_id: string;
  name: string;
  operation: Operation;
  start_us: number;
  end_us: number | null;
  is_open: boolean;
  has_error: boolean;
  error_message: string | null;
  span_count: number;
  model_call_count: number;
  model: string | null;
  provider: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  ttft_ms: number | null;
  prompt_name: string | null;
  prompt_version: string | null;
  ab_test_key: string | null;
  variant_key: string | null;
  user_id: string | null;
  session_id: string | null;
  tags: string[] | null;
  environment: string | null;
  service: string | null;
};

function readRollups(ctx: Context, matches: readonly TraceMatch[]): Promise<Rollup[]> {
  const db = readSql();
  return db<Rollup[]>`
    with s as materialized (
      select s.trace_id, s.name, s.operation, s.start_time, s.duration_us, s.status, s.error_message, s.is_model_call,
        s.response_model, s.request_model, s.provider, s.input_tokens, s.output_tokens, s.cost_usd, s.ttft_ms,
        s.prompt_name, s.prompt_version_text, s.ab_test_key, s.variant_key, s.user_id, s.session_id, s.tags,
        s.environment, s.service,
        row_number() over (partition by s.trace_id order by s.parent_span_id is not null, s.start_time, s.span_id) as place
      ${spansOf(db, ctx, matches)}),
    t as (
      select trace_id, array_agg(distinct tag) as tags from s, unnest(s.tags) tag where s.tags is not null group by 1)
    select replace(s.trace_id::text, '-', '') as trace_id,
      max(s.name) filter (where place = 1) as name,
      max(s.operation) filter (where place = 1) as operation,
      (extract(epoch from min(s.start_time)) * 1000000)::bigint as start_us,
      (extract(epoch from max(s.start_time + s.duration_us * interval '1 microsecond')) * 1000000)::bigint as end_us,
      bool_or(s.duration_us is null) filter (where place = 1) as is_open,
      bool_or(s.status = 'error') as has_error,
      (array_agg(s.error_message order by place) filter (where s.error_message is not null))[1] as error_message,
      count(*) as span_count,
      count(*) filter (where s.is_model_call) as model_call_count,
      (array_agg(coalesce(s.response_model, s.request_model) order by s.start_time)
        filter (where s.is_model_call and coalesce(s.response_model, s.request_model) is not null))[1] as model,
      (array_agg(s.provider order by s.start_time) filter (where s.is_model_call and s.provider is not null))[1] as provider,
      sum(s.input_tokens) filter (where s.is_model_call) as input_tokens,
      sum(s.output_tokens) filter (where s.is_model_call) as output_tokens,
      sum(s.cost_usd) filter (where s.is_model_call) as cost_usd,
      (array_agg(s.ttft_ms order by s.start_time) filter (where s.is_model_call and s.ttft_ms is not null))[1] as ttft_ms,
      (array_agg(s.prompt_name order by place) filter (where s.prompt_name is not null))[1] as prompt_name,
      (array_agg(s.prompt_version_text order by place) filter (where s.prompt_name is not null))[1] as prompt_version,
      (array_agg(s.ab_test_key order by place) filter (where s.ab_test_key is not null))[1] as ab_test_key,
      (array_agg(s.variant_key order by place) filter (where s.ab_test_key is not null))[1] as variant_key,
      (array_agg(s.user_id order by place) filter (where s.user_id is not null))[1] as user_id,
      (array_agg(s.session_id order by place) filter (where s.session_id is not null))[1] as session_id,
      (select t.tags from t where t.trace_id = s.trace_id) as tags,
      (array_agg(s.environment order by place) filter (where s.environment is not null))[1] as environment,
      (array_agg(s.service order by place) filter (where s.service is not null))[1] as service
    from s
    group by s.trace_id`;
}

function toSummary(row: Rollup): Omit<TraceSummary, "input" | "output" | "scores"> {
  return {
    traceId: row.trace_id,
    name: row.name,
    operation: row.operation,
    startTimeUs: row.start_us,
    durationUs: row.is_open || row.end_us === null ? null : row.end_us - row.start_us,
    status: row.has_error ? "error" : "ok",
    errorMessage: row.error_message,
    spanCount: row.span_count,
    modelCallCount: row.model_call_count,
    model: row.model,
    provider: row.provider,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsd: row.cost_usd,
    timeToFirstTokenMs: row.ttft_ms,
    promptName: row.prompt_name,
    promptVersion: row.prompt_version,
    abTestKey: row.ab_test_key,
    variantKey: row.variant_key,
    userId: row.user_id,
    sessionId: row.session_id,
    tags: row.tags ?? [],
    environment: row.environment,
    service: row.service,
  };
}

type ContentRow = {
  trace_id: string;
  name: string;
  operation: Operation;
  raw: Buffer;
  content: string | null;
};

/** The payload of one span of each trace: its root, or where that is no model call, its first model call. */
function readContents(ctx: Context, matches: readonly TraceMatch[]): Promise<ContentRow[]> {
  const db = readSql();
  return db<ContentRow[]>`
    with chosen as materialized (
      select distinct on (s.trace_id) s.trace_id, s.span_id, s.start_time, s.name, s.operation
      ${spansOf(db, ctx, matches)}
      order by s.trace_id, not s.is_model_call, s.parent_span_id is not null, s.start_time)
    select replace(c.trace_id::text, '-', '') as trace_id, c.name, c.operation, p.raw, p.content
    from chosen c join span_payloads p on p.trace_id = c.trace_id and p.span_id = c.span_id
      and p.project_id = ${ctx.projectId} and p.start_time = c.start_time`;
}

function contentOf(row: ContentRow): SpanContent {
  if (row.content) return JSON.parse(row.content) as SpanContent;
  return contentOfRaw({ name: row.name, operation: row.operation, raw: parseRaw(row.raw) });
}

async function readScores(ctx: Context, traceIds: string[]): Promise<Map<string, TraceSummary["scores"]>> {
  const rows = await readSql()<
    { trace_id: string; name: string; data_type: string; value: number | null; label: string | null }[]
  >`
    select distinct on (trace_id, name) replace(trace_id::text, '-', '') as trace_id, name, data_type,
      numeric_value as value, label_value as label
    from scores
    where trace_id = any(${traceIds}::uuid[]) and project_id = ${ctx.projectId}
    order by trace_id, name, created_at desc`;
  const byTrace = new Map<string, TraceSummary["scores"]>();
  for (const row of rows) {
    const value = row.data_type === "boolean" ? row.value === 1 : (row.value ?? row.label ?? "");
    byTrace.set(row.trace_id, [...(byTrace.get(row.trace_id) ?? []), { name: row.name, value }]);
  }
  return byTrace;
}
