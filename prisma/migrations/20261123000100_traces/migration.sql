-- Spans, their payloads, scores. Not in the Prisma catalogue: written by COPY, read as whole statements.
--
-- Spans are partitioned by day (UTC) of start_time. Uniqueness is per partition, on (trace_id, span_id,
-- project_id): a unique index on the parent would have to contain start_time, and then a retried span whose start
-- had moved by a microsecond would be stored twice. A twin in a neighboring day is found by lib/traces/store.
-- On a database with Citus the tables are distributed by trace_id, which every unique index contains.

create table spans (
  project_id uuid not null,
  trace_id uuid not null,
  start_time timestamptz not null,
  received_at timestamptz not null default now(),
  -- Null while the span has not ended.
  duration_us bigint,
  -- US dollars of this call alone; null where it can't be known.
  cost_usd double precision,
  ttft_ms double precision,
  prompt_version_id uuid,
  model_version_id uuid,
  ab_test_id uuid,
  -- Totals include their subsets; missing is null, never 0.
  input_tokens integer,
  output_tokens integer,
  cached_input_tokens integer,
  cache_write_input_tokens integer,
  reasoning_output_tokens integer,
  mapping_version smallint not null,
  -- A leaf model call: only these are summed for tokens, cost, latency and error rate.
  is_model_call boolean not null,
  span_id bytea not null,
  parent_span_id bytea,
  name text not null,
  kind text not null,
  operation text not null,
  status text not null,
  error_type text,
  error_message text,
  service text,
  environment text,
  release text,
  user_id text,
  session_id text,
  tags text[],
  provider text,
  request_model text,
  response_model text,
  response_id text,
  usage_source text not null,
  cost_source text not null,
  prompt_name text,
  -- As the emitter said it: a number, `v3`, a label or a digest. prompt_version_id is what it resolved to.
  prompt_version_text text,
  ab_test_key text,
  variant_key text,
  unit_id text,
  deployment text,
  dialect text not null
) partition by range (start_time);

create table span_payloads (
  project_id uuid not null,
  trace_id uuid not null,
  start_time timestamptz not null,
  span_id bytea not null,
  -- JSON of all that was sent (RawSpan), from which messages, parameters and variables are derived when read.
  raw text not null,
  -- JSON of SpanContent, only of spans that were not derived from `raw` (the gateway's).
  content text
) partition by range (start_time);

-- MAIN keeps a compressed payload in its row: out of line it would cost a second index and two more page reads.
alter table span_payloads alter column raw set storage main;
alter table span_payloads alter column content set storage main;

create index spans_by_time on spans (project_id, start_time desc);
create index spans_by_prompt_version on spans (prompt_version_id, start_time desc) where prompt_version_id is not null;
create index spans_by_ab_test on spans (ab_test_id, variant_key, start_time desc) where ab_test_id is not null;
create index spans_by_session on spans (project_id, session_id, start_time desc) where session_id is not null;
create index spans_by_user on spans (project_id, user_id, start_time desc) where user_id is not null;
create index spans_by_error on spans (project_id, start_time desc) where status = 'error';
create index spans_unlinked on spans (project_id, start_time)
  where (prompt_name is not null and prompt_version_id is null)
     or (ab_test_key is not null and ab_test_id is null);

create table spans_default partition of spans default;
create table span_payloads_default partition of span_payloads default;
create unique index spans_default_once on spans_default (trace_id, span_id, project_id);
create unique index span_payloads_default_once on span_payloads_default (trace_id, span_id, project_id);

-- Makes the partitions of these days (UTC) that do not exist, moving what the default partitions hold of them.
-- Attaching, unlike CREATE TABLE … PARTITION OF, leaves readers and writers of the other partitions at work.
create function stemma_add_partitions(first_day date, last_day date) returns integer language plpgsql as $$
declare
  day date;
  parent text;
  part text;
  lower_bound timestamptz;
  upper_bound timestamptz;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(7355610);
  for day in select generate_series(first_day, last_day, interval '1 day')::date loop
    lower_bound := day::timestamp at time zone 'UTC';
    upper_bound := (day + 1)::timestamp at time zone 'UTC';
    foreach parent in array array['spans', 'span_payloads'] loop
      part := parent || '_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass(part) is not null;
      execute format('create table %I (like %I including defaults including storage)', part, parent);
      if parent = 'span_payloads' then
        execute format('alter table %I set (toast_tuple_target = 256)', part);
      end if;
      execute format('lock table %I in share row exclusive mode', parent || '_default');
      execute format(
        'with moved as (delete from %I where start_time >= %L and start_time < %L returning *) insert into %I select * from moved',
        parent || '_default', lower_bound, upper_bound, part);
      execute format('create unique index %I on %I (trace_id, span_id, project_id)', part || '_once', part);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)',
        parent, part, lower_bound, upper_bound);
      made := made + 1;
    end loop;
  end loop;
  return made;
end
$$;

-- GenAI log records that wait for their span, in whichever order the two arrive.
create table pending_logs (
  project_id uuid not null,
  trace_id uuid not null,
  span_id bytea not null,
  id uuid not null,
  received_at timestamptz not null default now(),
  -- JSON of RawSpan["events"].
  events text not null,
  primary key (trace_id, span_id, project_id, id)
);
create index pending_logs_by_age on pending_logs (received_at);

create table scores (
  project_id uuid not null,
  -- The caller's own id, or one we made: a score sent twice under one id is stored once.
  id text not null,
  name text not null,
  -- numeric, boolean (numeric_value 0 or 1) or categorical (label_value).
  data_type text not null,
  numeric_value double precision,
  label_value text,
  trace_id uuid,
  span_id bytea,
  session_id text,
  -- api, person, judge or evaluator.
  source text not null,
  comment text,
  author text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (project_id, id),
  check (trace_id is not null or session_id is not null),
  check (span_id is null or trace_id is not null),
  check ((numeric_value is null) <> (label_value is null))
);
create index scores_by_trace on scores (trace_id, project_id) where trace_id is not null;
create index scores_by_session on scores (project_id, session_id) where session_id is not null;
create index scores_by_name on scores (project_id, name, created_at desc);
create index scores_by_time on scores (project_id, created_at desc, id);

-- What arrived and is only counted: metrics, and log records that are not about GenAI.
create table ingest_counts (
  project_id uuid not null,
  day date not null,
  signal text not null,
  requests bigint not null,
  records bigint not null,
  primary key (project_id, day, signal)
);

do $$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    perform create_distributed_table('spans', 'trace_id');
    perform create_distributed_table('span_payloads', 'trace_id', colocate_with => 'spans');
    perform create_distributed_table('pending_logs', 'trace_id', colocate_with => 'spans');
  end if;
end
$$;

select stemma_add_partitions((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 7);
