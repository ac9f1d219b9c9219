-- What a user did in the 14 days before being exposed, for variance reduction (CUPED). Written once, when the unit is
-- first counted, and kept by a rebuild: what came before must not change with what is found out later.
create table ab_unit_history (
  ab_test_id uuid  not null,
  unit_id    text  not null,
  -- measure → [traces that have it, their sum]; {} without a past.
  totals     jsonb not null,
  primary key (ab_test_id, unit_id)
);

-- Beside ab_cell, over the same units: sums of the past's X (sum) and D (traces), and their products with S and N.
create table ab_covariate (
  ab_test_id  uuid    not null,
  phase       integer not null,
  variant_key text    not null,
  measure     text    not null,
  x  numeric not null,
  xx numeric not null,
  sx numeric not null,
  nx numeric not null,
  d  numeric not null,
  dd numeric not null,
  sd numeric not null,
  nd numeric not null,
  xd numeric not null,
  primary key (ab_test_id, phase, variant_key, measure)
);
