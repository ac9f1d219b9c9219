-- measure → what a unit's total is cut down to where outliers would drown the rest; set once. See freeze-caps.ts.
alter table ab_fold add column caps jsonb not null default '{}';
