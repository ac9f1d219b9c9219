-- The sums that A/B reports are computed from, kept up to date as traces and scores commit. See
-- lib/abtests/store/fold-pending.ts for how; what holds at every commit:
--
--   ab_counted_trace  is what each trace of a test contributes,
--   ab_counted_unit   its totals per unit and where the unit counts,
--   ab_cell, ab_histogram  the sums over units of those,
--
-- all of them functions of the spans, scores and exposures whose marks have been folded. Sums are numeric: addition
-- is exact, so no order of events leads to other cells than another.

-- What was committed and is not yet in the cells. Appended in the transaction of the change; without any index but
-- the queue's own, so that writers never wait for each other.
create table ab_pending (
  id         bigint generated always as identity primary key,
  project_id uuid   not null,
  -- A trace whose spans or scores changed, and when the spans that were written start; or
  trace_id   uuid,
  from_at    timestamptz,
  to_at      timestamptz,
  -- a unit that was exposed.
  ab_test_id uuid,
  unit_id    text
);

-- A queue: emptied as fast as it fills.
alter table ab_pending set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

create table ab_counted_unit (
  no          bigint   generated always as identity primary key,
  ab_test_id  uuid     not null,
  unit_id     text     not null,
  jackknife   smallint not null,
  -- Where it counts: as exposed, else as its first trace says. Null only inside the transaction that makes the row.
  variant_key text,
  phase       integer,
  first_at    timestamptz,
  is_multiple boolean  not null default false,
  -- dimension → level, as at the first exposure.
  segments    jsonb    not null default '{}',
  -- measure → [traces that have it, their sum, how many of the values are neither 0 nor 1].
  totals      jsonb    not null default '{}',
  unique (ab_test_id, unit_id)
);

create table ab_counted_trace (
  unit_no     bigint not null,
  trace_id    uuid   not null,
  -- First and last start of its calls.
  started_at  timestamptz not null,
  last_at     timestamptz not null,
  -- The letters its calls name, the first call's first.
  variants    text   not null,
  error_rate  numeric,
  latency_ms  numeric,
  time_to_first_token_ms numeric,
  cost_usd    numeric,
  input_tokens  numeric,
  output_tokens numeric,
  retries     numeric,
  -- Measures that not every trace has: scores.
  more        jsonb,
  -- Only where the test has such a dimension.
  environment text,
  release     text,
  service     text,
  primary key (unit_no, started_at, trace_id)
);
create index ab_counted_trace_by_trace on ab_counted_trace (trace_id);

-- Traces that name a test and count in no arm.
create table ab_stray_trace (
  ab_test_id uuid not null,
  trace_id   uuid not null,
  reason     text not null,
  started_at timestamptz not null,
  last_at    timestamptz not null,
  primary key (trace_id, ab_test_id)
);

create table ab_cell (
  ab_test_id  uuid    not null,
  -- '' for all units; 'day' of first exposure; 'stray' (of which only n counts); or an attribute.
  dimension   text    not null,
  level       text    not null,
  phase       integer not null,
  variant_key text    not null,
  -- '' for the units themselves: k of them, n traces, and multiply exposed ones as "positive".
  measure     text    not null,
  k           numeric not null,
  n           numeric not null,
  s           numeric not null,
  nn          numeric not null,
  ss          numeric not null,
  ns          numeric not null,
  -- Units with S > 0, and values that are neither 0 nor 1.
  positive    numeric not null,
  not_binary  numeric not null,
  primary key (ab_test_id, dimension, level, phase, variant_key, measure)
);

-- Counts of values per logarithmic bucket, one row per jackknife group; see lib/stats/log-histogram.ts.
create table ab_histogram (
  ab_test_id  uuid     not null,
  phase       integer  not null,
  variant_key text     not null,
  measure     text     not null,
  jackknife   smallint not null,
  buckets     integer[] not null,
  counts      integer[] not null,
  primary key (ab_test_id, phase, variant_key, measure, jackknife)
);

-- The levels of a dimension that have cells of their own: the first 20 that came. All later ones are "other".
-- A record of what came first, so a rebuild keeps it.
create table ab_level (
  ab_test_id uuid not null,
  dimension  text not null,
  level      text not null,
  primary key (ab_test_id, dimension, level)
);

-- How far a test has been folded, and by which times of its life its traces were judged.
create table ab_fold (
  ab_test_id    uuid        primary key,
  version       bigint      not null,
  folded_at     timestamptz not null,
  last_trace_at timestamptz,
  started_at    timestamptz,
  stopped_at    timestamptz,
  phases        integer     not null
);

-- The intervals as they were, hourly.
create table ab_snapshot (
  ab_test_id  uuid        not null,
  at          timestamptz not null,
  metric      text        not null,
  variant_key text        not null,
  units       integer     not null,
  state       text        not null,
  difference  double precision not null,
  lower       double precision not null,
  upper       double precision not null,
  standard_error double precision,
  log_e_value double precision,
  primary key (ab_test_id, at, metric, variant_key)
);

create table ab_split_snapshot (
  ab_test_id uuid        not null,
  at         timestamptz not null,
  log_bayes_factor double precision not null,
  level      text        not null,
  units      jsonb       not null,
  primary key (ab_test_id, at)
);

-- What is there already.
insert into ab_pending (project_id, trace_id, from_at, to_at)
  select project_id, trace_id, min(start_time), max(start_time) from spans where ab_test_id is not null
  group by project_id, trace_id;
insert into ab_pending (project_id, ab_test_id, unit_id) select project_id, ab_test_id, unit_id from ab_unit;
