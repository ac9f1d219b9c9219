-- What a candidate answered to an item, once per repeat. The key makes a re-run of a crashed evaluation write each
-- answer once. No foreign keys: the tables can be distributed by project.
create table evaluation_result (
  project_id uuid not null,
  evaluation_id uuid not null,
  candidate_id uuid not null,
  item_id uuid not null,
  repeat int not null,
  status text not null check (status in ('ok', 'error')),
  output text,
  finish_reason text,
  error_type text,
  error_message text,
  attempts int not null,
  latency_ms double precision,
  time_to_first_token_ms double precision,
  input_tokens int,
  output_tokens int,
  cost_usd double precision,
  trace_id text not null,
  span_id text not null,
  created_at timestamptz(3) not null default now(),
  primary key (project_id, evaluation_id, candidate_id, item_id, repeat)
);

-- What one evaluator says of one result. A null value is "could not be scored", for the reason given; it is never 0.
create table evaluation_score (
  project_id uuid not null,
  evaluation_id uuid not null,
  candidate_id uuid not null,
  item_id uuid not null,
  repeat int not null,
  name text not null,
  value double precision check (value <> 'NaN' and value not in ('Infinity', '-Infinity')),
  reason text,
  primary key (project_id, evaluation_id, candidate_id, item_id, repeat, name)
);

-- Pages of a version's items come in this order; without it each page sorts the whole dataset.
create index dataset_item_position on dataset_item (dataset_id, position, id);
