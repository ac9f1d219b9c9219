-- A unit's row is rewritten with every trace of it: in room on its own page that touches no index.
alter table ab_counted_unit set (fillfactor = 60);
-- Whether any user of a test has a past at all.
create index ab_unit_history_known on ab_unit_history (ab_test_id) where totals <> '{}';
