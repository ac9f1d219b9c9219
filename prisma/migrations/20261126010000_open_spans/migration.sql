-- Spans of which another version is to be expected under another start: those that have not ended, and those that
-- came without a start and lie at their end. The other version may lie in another day's partition, whose unique
-- index can't see this one: every arriving span is looked up here, in a table that is nearly empty.
create table open_spans (
  project_id uuid not null,
  trace_id uuid not null,
  start_time timestamptz not null,
  span_id bytea not null,
  primary key (trace_id, span_id, project_id)
);

insert into open_spans (project_id, trace_id, start_time, span_id)
select distinct on (trace_id, span_id, project_id) project_id, trace_id, start_time, span_id
from spans where duration_us is null;

do $$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    perform create_distributed_table('open_spans', 'trace_id', colocate_with => 'spans');
  end if;
end
$$;
