-- A unit's first assignment in an A/B test: the sticky store and the exposure log in one. The first row wins;
-- it never changes, so processes may remember it. Phase, propensities and hash version are as they were then.
create table ab_unit (
  project_id       uuid        not null,
  ab_test_id       uuid        not null,
  unit_id          text        not null,
  variant_key      text        not null,
  phase            integer     not null,
  hash_version     smallint    not null,
  -- The weight of each variant, in the variants' order, times the coverage.
  propensities     real[]      not null,
  attributes       jsonb       not null default '{}',
  first_exposed_at timestamptz not null default now(),
  primary key (project_id, ab_test_id, unit_id)
);
