-- What lists, charts and searches read (lib/traces/packs): packs of a project's traces, column by column, with the
-- words in them, made from the spans by a worker. Until it has, the traces that have changed are named in
-- pending_traces, written in the transaction of their spans, and read from the spans themselves.

create table pending_traces (
  project_id uuid not null,
  id bigint generated always as identity,
  -- Of the spans that changed; null where traces were deleted.
  first_start timestamptz,
  last_start timestamptz,
  marked_at timestamptz not null default now(),
  -- 16 bytes each.
  trace_ids bytea not null,
  primary key (project_id, id)
);

create table trace_packs (
  id uuid primary key,
  project_id uuid not null,
  trace_count integer not null,
  -- Microseconds since 1970 of its first and last trace's start.
  first_us bigint not null,
  last_us bigint not null,
  -- Ordinals (4 bytes each, little-endian) of traces that were packed anew or deleted since.
  gone bytea not null default '',
  -- Holds traces that were deleted: to be written anew without them.
  is_unclean boolean not null default false
);
create index trace_packs_by_project on trace_packs (project_id, last_us desc);

create table trace_pack_columns (
  pack_id uuid not null references trace_packs (id) on delete cascade,
  name text not null,
  bytes bytea not null,
  primary key (pack_id, name)
);
-- Compressed by us.
alter table trace_pack_columns alter column bytes set storage external;

create table trace_pack_terms (
  pack_id uuid not null references trace_packs (id) on delete cascade,
  -- UTF-16, big-endian: the bytes' order is the terms'.
  first_term bytea not null,
  bytes bytea not null,
  primary key (pack_id, first_term)
);
-- A block of 3 kB stays in its row: out of line it would cost a second lookup. Only a word that most traces have
-- takes more.
alter table trace_pack_terms alter column bytes set storage external;
alter table trace_pack_terms set (toast_tuple_target = 4080);

-- What was stored before is packed like what comes.
insert into pending_traces (project_id, first_start, last_start, trace_ids)
select project_id, min(first_start), max(last_start), string_agg(uuid_send(trace_id), '')
from (
  select project_id, trace_id, min(start_time) as first_start, max(start_time) as last_start,
    row_number() over (partition by project_id order by min(start_time)) / 1000 as part
  from spans group by project_id, trace_id) t
group by project_id, part
order by min(first_start);
