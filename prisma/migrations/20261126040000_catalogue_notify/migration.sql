-- Every process remembers what its gateway serves by and forgets it when it hears of a change, whoever made it:
-- `<project id> <table>` on the channel stemma_catalogue, sent when the transaction commits. Equal notices of one
-- transaction are sent once.
create function stemma_notify_catalogue() returns trigger language plpgsql as $$
begin
  perform pg_notify('stemma_catalogue', (case when tg_op = 'DELETE' then old else new end).project_id || ' ' || tg_table_name);
  return null;
end $$;

create trigger notify_catalogue after insert or update or delete on deployment
  for each row execute function stemma_notify_catalogue();
create trigger notify_catalogue after insert or update or delete on model
  for each row execute function stemma_notify_catalogue();
create trigger notify_catalogue after insert or update or delete on model_version
  for each row execute function stemma_notify_catalogue();
create trigger notify_catalogue after insert or update or delete on connection
  for each row execute function stemma_notify_catalogue();
create trigger notify_catalogue after insert or update or delete on prompt_label
  for each row execute function stemma_notify_catalogue();
