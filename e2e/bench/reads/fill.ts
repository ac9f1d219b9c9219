import { newId } from "#lib/core/ids.ts";
import type { Sql } from "#lib/db/postgres.ts";
import { readSentences } from "../prose.ts";

export const days = 30;
const spansPerTrace = 3;
const prompts = 5;
const versionsPerPrompt = 8;
export const longTraceSpans = 10_000;
export const longTraceId = "f".repeat(32);

export type Filled = { spans: number; traces: number; words: { common: string[]; rare: string[] } };

/**
 * Fills the database by SQL: traces of three spans (request, retrieval, model call) evenly over the last 30 days,
 * and one trace of 10,000 spans. 200,000 users, 300,000 sessions at 5 million spans, five prompts of eight versions,
 * six models, two A/B tests, 2 % failed calls, tags, log-normal latencies and costs, scores on a tenth of the
 * traces. What was asked and answered is sentences that people wrote (documentation in node_modules), about 300
 * characters a trace: short, so that five million spans are made in minutes.
 */
export async function fill(db: Sql, projectId: string, spanCount: number): Promise<Filled> {
  const traces = Math.round(spanCount / spansPerTrace);
  const perDay = Math.ceil(traces / days);
  const today = Math.floor(Date.now() / 86_400_000);
  const sentences = readSentences();
  await makeCatalogue(db, projectId);
  await db`create unlogged table bench_sentences (id integer primary key, text text not null)`;
  for (let i = 0; i < sentences.length; i += 5000) {
    const rows = sentences.slice(i, i + 5000);
    await db`insert into bench_sentences
      select ${i}::int + row_number() over () - 1, t from unnest(${rows}::text[]) t`;
  }
  await db`analyze bench_sentences`;
  await db`create function bench_random(i bigint, salt bigint) returns double precision language sql immutable parallel safe
    as $$ select (hashint8extended(i, salt) & 1073741823) / 1073741824.0::double precision $$`;
  // Sum of four uniforms, scaled to variance 1: near enough to a normal.
  await db`create function bench_normal(i bigint, salt bigint) returns double precision language sql immutable parallel safe
    as $$ select (bench_random(i, salt) + bench_random(i, salt + 1) + bench_random(i, salt + 2) + bench_random(i, salt + 3) - 2) * 1.732 $$`;
  await db`select stemma_add_partitions((now() at time zone 'UTC')::date - ${days}::int, (now() at time zone 'UTC')::date + 1)`;
  for (let day = 0; day < days; day++) {
    const first = day * perDay;
    const count = Math.min(perDay, traces - first);
    const start = new Date((today - days + day) * 86_400_000).toISOString();
    await fillDay(db, projectId, { first, count, start, traces, sentenceCount: sentences.length });
    if (day % 5 === 4) console.error(`${day + 1} of ${days} days made`);
  }
  await fillLongTrace(db, projectId, new Date((today - 1) * 86_400_000 + 43_200_000).toISOString());
  await fillScores(db, projectId, traces);
  for (const table of ["spans", "span_payloads", "scores"]) await db`analyze ${db(table)}`;
  return {
    spans: traces * spansPerTrace + longTraceSpans,
    traces: traces + 1,
    words: chooseWords(sentences),
  };
}

async function makeCatalogue(db: Sql, projectId: string): Promise<void> {
  await db`create unlogged table bench_versions (prompt integer, number integer, name text, id uuid, primary key (prompt, number))`;
  for (let prompt = 0; prompt < prompts; prompt++) {
    const promptId = newId();
    const name = `support/answer-${prompt}`;
    await db`insert into prompt (id, project_id, name, type, updated_at) values (${promptId}, ${projectId}, ${name}, 'chat', now())`;
    for (let number = 1; number <= versionsPerPrompt; number++) {
      const id = newId();
      await db`insert into prompt_version (id, project_id, prompt_id, number, digest, content, author_id, author_name)
        values (${id}, ${projectId}, ${promptId}, ${number}, ${id}, '{}', 'bench', 'bench')`;
      await db`insert into bench_versions values (${prompt}, ${number}, ${name}, ${id})`;
      if (number === versionsPerPrompt - 1) {
        await db`insert into prompt_label (project_id, prompt_id, name, version_id, moved_by_name)
          values (${projectId}, ${promptId}, 'production', ${id}, 'bench')`;
      }
    }
  }
}

type Day = { first: number; count: number; start: string; traces: number; sentenceCount: number };

async function fillDay(db: Sql, projectId: string, day: Day): Promise<void> {
  const { first, count, start, traces, sentenceCount } = day;
  await db.begin(async (tx) => {
    await tx`
      create temporary table t on commit drop as
      select i, md5('trace' || i)::uuid as trace_id,
        ${start}::text::timestamptz + (i - ${first}::bigint) * interval '1 day' / ${count}::int as at,
        'user-' || floor(power(bench_random(i, 1), 1.5) * ${Math.max(1, Math.round(traces * 0.12))}::int)::int as user_id,
        'session-' || floor(i * 0.18 + bench_random(i, 2) * 40)::int as session_id,
        floor(power(bench_random(i, 3), 2) * ${prompts}::int)::int as prompt,
        1 + floor(power(bench_random(i, 4), 0.5) * ${versionsPerPrompt}::int)::int as number,
        (array['gpt-4o-mini', 'gpt-4o', 'claude-sonnet-4', 'gemini-2.5-flash', 'mistral-small', 'llama-3.3-70b'])[1 + floor(power(bench_random(i, 5), 2) * 6)::int] as model,
        (array['openai', 'openai', 'anthropic', 'gcp.gemini', 'mistral_ai', 'groq'])[1 + floor(power(bench_random(i, 5), 2) * 6)::int] as provider,
        case when bench_random(i, 6) < 0.2 then 'tone' when bench_random(i, 6) < 0.3 then 'length' end as test,
        case when bench_random(i, 7) < 0.5 then 'A' else 'B' end as variant,
        case when bench_random(i, 8) < 0.9 then 'production' when bench_random(i, 8) < 0.98 then 'staging' else 'development' end as environment,
        case when bench_random(i, 9) < 0.00001 then array['incident'] when bench_random(i, 9) < 0.01 then array['beta', 'vip'] when bench_random(i, 9) < 0.3 then array['vip'] end as tags,
        bench_random(i, 10) < 0.02 as failed,
        greatest(20000, exp(13.8 + 0.8 * bench_normal(i, 20)))::bigint as duration_us,
        (200 + exp(5.5 + 1.0 * bench_normal(i, 30)))::int as input_tokens,
        (5 + exp(4.5 + 0.9 * bench_normal(i, 40)))::int as output_tokens,
        floor(bench_random(i, 11) * ${sentenceCount}::int)::int as asked,
        floor(bench_random(i, 12) * ${sentenceCount}::int)::int as answered
      from generate_series(${first}::bigint, ${first + count - 1}::bigint) i`;
    await tx`
      insert into spans (project_id, trace_id, start_time, received_at, duration_us, mapping_version, is_model_call, span_id,
        name, kind, operation, status, service, environment, user_id, session_id, tags, usage_source, cost_source, dialect)
      select ${projectId}, trace_id, at, at, duration_us, 1, false, decode(substr(md5('root' || i), 1, 16), 'hex'),
        'POST /answer', 'server', 'invoke_agent', 'ok', 'support', environment, user_id, session_id, tags, 'missing', 'missing', 'otel'
      from t`;
    await tx`
      insert into spans (project_id, trace_id, start_time, received_at, duration_us, mapping_version, is_model_call, span_id,
        parent_span_id, name, kind, operation, status, service, environment, usage_source, cost_source, dialect)
      select ${projectId}, trace_id, at + interval '2 milliseconds', at, duration_us / 10, 1, false, decode(substr(md5('tool' || i), 1, 16), 'hex'),
        decode(substr(md5('root' || i), 1, 16), 'hex'), 'execute_tool search_docs', 'internal', 'execute_tool', 'ok', 'support', environment,
        'missing', 'missing', 'otel'
      from t`;
    await tx`
      insert into spans (project_id, trace_id, start_time, received_at, duration_us, cost_usd, ttft_ms, prompt_version_id,
        input_tokens, output_tokens, mapping_version, is_model_call, span_id, parent_span_id, name, kind, operation, status,
        error_type, error_message, service, environment, provider, request_model, response_model, usage_source, cost_source,
        prompt_name, prompt_version_text, ab_test_key, variant_key, unit_id, dialect)
      select ${projectId}, trace_id, at + duration_us / 8 * interval '1 microsecond', at, duration_us * 8 / 10,
        case when failed then null else (input_tokens * 0.6 + output_tokens * 2.4) / 1e6 end, duration_us / 4000.0, v.id,
        case when failed then null else input_tokens end, case when failed then null else output_tokens end, 1, true,
        decode(substr(md5('call' || i), 1, 16), 'hex'), decode(substr(md5('root' || i), 1, 16), 'hex'), 'chat ' || model, 'client', 'chat',
        case when failed then 'error' else 'ok' end, case when failed then 'RateLimitError' end, case when failed then 'Too many requests.' end,
        'support', environment, provider, model, model, case when failed then 'missing' else 'reported' end,
        case when failed then 'missing' else 'computed' end, v.name, v.number::text, test, case when test is not null then variant end,
        case when test is not null then user_id end, 'otel'
      from t join bench_versions v on v.prompt = t.prompt and v.number = t.number`;
    for (const [kind, offset] of [
      ["root", "interval '0'"],
      ["tool", "interval '2 milliseconds'"],
      ["call", "duration_us / 8 * interval '1 microsecond'"],
    ] as const) {
      const attributes =
        kind === "root"
          ? tx`'"session.id":' || to_json(session_id) || ',"user.id":' || to_json(user_id)`
          : kind === "tool"
            ? tx`'"gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"search_docs","gen_ai.tool.call.arguments":' || to_json(json_build_object('id', i)::text)`
            : tx`'"gen_ai.operation.name":"chat","gen_ai.request.model":' || to_json(model) || ',"gen_ai.input.messages":'
                || to_json(json_build_array(json_build_object('role', 'user', 'parts', json_build_array(json_build_object('type', 'text', 'content', q.text))))::text)
                || ',"gen_ai.output.messages":'
                || to_json(json_build_array(json_build_object('role', 'assistant', 'parts', json_build_array(json_build_object('type', 'text', 'content', a.text || ' ' || i))))::text)`;
      await tx`
        insert into span_payloads (project_id, trace_id, start_time, span_id, raw)
        select ${projectId}, trace_id, at + ${tx.unsafe(offset)}, decode(substr(md5(${kind} || i), 1, 16), 'hex'),
          convert_to('{"resource":{"service.name":"support"},"scope":{"name":"bench","version":null},"attributes":{' || ${attributes}
            || '},"events":[],"links":[],"startTimeUnixNano":"' || (extract(epoch from at) * 1000000)::bigint || '000","endTimeUnixNano":null,"statusCode":0,"statusMessage":null}', 'UTF8')
        from t join bench_sentences q on q.id = t.asked join bench_sentences a on a.id = t.answered`;
    }
    await tx`
      insert into pending_traces (project_id, first_start, last_start, trace_ids)
      select ${projectId}, min(at), max(at) + interval '1 minute', string_agg(uuid_send(trace_id), '' order by at) from t
      group by (i - ${first}::bigint) / 1000 order by 2`;
  });
}

async function fillLongTrace(db: Sql, projectId: string, start: string): Promise<void> {
  await db`
    insert into spans (project_id, trace_id, start_time, received_at, duration_us, mapping_version, is_model_call, span_id,
      parent_span_id, name, kind, operation, status, service, environment, usage_source, cost_source, dialect)
    select ${projectId}, ${longTraceId}::uuid, ${start}::text::timestamptz + i * interval '1 millisecond', now(),
      case when i = 0 then 10000000 else 900 end, 1, false, decode(lpad(to_hex(i + 1), 16, '0'), 'hex'),
      case when i > 0 then decode(lpad(to_hex((i - 1) / 8 + 1), 16, '0'), 'hex') end,
      case when i = 0 then 'long agent' else 'step ' || i end, 'internal', 'agent_step', 'ok', 'support', 'production',
      'missing', 'missing', 'otel'
    from generate_series(0, ${longTraceSpans - 1}::int) i`;
  await db`
    insert into span_payloads (project_id, trace_id, start_time, span_id, raw)
    select project_id, trace_id, start_time, span_id,
      convert_to('{"resource":{},"scope":{"name":"bench","version":null},"attributes":{"step":"' || name || '"},"events":[],"links":[],"startTimeUnixNano":"0","endTimeUnixNano":null,"statusCode":0,"statusMessage":null}', 'UTF8')
    from spans where trace_id = ${longTraceId}::uuid`;
  await db`insert into pending_traces (project_id, first_start, last_start, trace_ids)
    values (${projectId}, ${start}::text::timestamptz, ${start}::text::timestamptz + interval '1 minute', decode(${longTraceId}, 'hex'))`;
}

/** A tenth of the traces: a judge's number; a fifth of those a person's thumb too; one in 100,000 is a complaint. */
async function fillScores(db: Sql, projectId: string, traces: number): Promise<void> {
  await db`
    insert into scores (project_id, id, name, data_type, numeric_value, label_value, trace_id, source, created_at)
    select ${projectId}, s.name || i, s.name, s.type, s.number, s.label, md5('trace' || i)::uuid, s.source,
      now() - ${days}::int * interval '1 day' * (1 - i / ${traces}::float8)
    from generate_series(0, ${traces - 1}::bigint) i cross join lateral (values
      ('helpful', 'numeric', bench_random(i, 51), null, 'judge', 0.1),
      ('thumbs', 'boolean', round(bench_random(i, 52)::numeric)::float8, null, 'person', 0.02),
      ('complaint', 'categorical', null, 'angry', 'api', 0.00001)) s (name, type, number, label, source, share)
    where bench_random(i, 50) < s.share`;
}

/** Words in at least a tenth of the sentences, and words that few have. */
function chooseWords(sentences: readonly string[]): Filled["words"] {
  const counts = new Map<string, number>();
  for (const sentence of sentences) {
    for (const word of new Set(sentence.toLowerCase().match(/[a-z]{2,}/g) ?? [])) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return {
    common: ordered.slice(0, 40).map(([word]) => word),
    rare: ordered
      .filter(([, count]) => count === 1)
      .slice(0, 400)
      .map(([word]) => word),
  };
}
