-- Lists are read from packs, errors too; the spans of a session or a user are only looked up by its name, to be
-- deleted or packed anew. An index of the name alone keeps one entry for all spans of a session: a fifth of the bytes.
drop index spans_by_session;
drop index spans_by_user;
drop index spans_by_error;
create index spans_of_session on spans (session_id) where session_id is not null;
create index spans_of_user on spans (user_id) where user_id is not null;

-- A payload is as unique as its span, with which it is written and deleted: its index need only find it.
create or replace function stemma_add_partitions(first_day date, last_day date) returns integer language plpgsql as $$
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
      execute format('lock table %I in share row exclusive mode', parent || '_default');
      execute format(
        'with moved as (delete from %I where start_time >= %L and start_time < %L returning *) insert into %I select * from moved',
        parent || '_default', lower_bound, upper_bound, part);
      if parent = 'spans' then
        execute format('create unique index %I on %I (trace_id, span_id, project_id)', part || '_once', part);
      else
        execute format('create index %I on %I (trace_id, span_id)', part || '_of_span', part);
      end if;
      execute format('alter table %I attach partition %I for values from (%L) to (%L)',
        parent, part, lower_bound, upper_bound);
      made := made + 1;
    end loop;
  end loop;
  return made;
end
$$;

do $$
declare
  part text;
begin
  for part in select inhrelid::regclass::text from pg_inherits where inhparent = 'span_payloads'::regclass loop
    execute format('create index %I on %I (trace_id, span_id)', part || '_of_span', part);
    execute format('drop index %I', part || '_once');
  end loop;
end
$$;
