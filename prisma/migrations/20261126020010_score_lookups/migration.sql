-- Which traces have a score: answered from an index alone, for a tenth of 1.7 million traces in 30 ms instead of 120.
-- scores_by_name is left for reading a name's scores in order of time.
create index scores_by_number on scores (project_id, name, numeric_value) include (trace_id)
  where trace_id is not null and numeric_value is not null;
create index scores_by_label on scores (project_id, name, label_value) include (trace_id)
  where trace_id is not null and label_value is not null;
create index scores_of_people on scores (project_id) include (trace_id)
  where trace_id is not null and source in ('person', 'api');
create index scores_of_sessions on scores (project_id, name) where trace_id is null;
