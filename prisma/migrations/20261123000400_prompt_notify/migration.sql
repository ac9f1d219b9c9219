-- Every process keeps the prompts it serves in memory and forgets one when it hears of a change to it, whoever made
-- the change: `<project id> <prompt id>` on the channel stemma_prompts, sent when the transaction commits.
-- Equal notices of one transaction are sent once.
create function stemma_notify_prompt() returns trigger language plpgsql as $$
declare
  changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  perform pg_notify('stemma_prompts', (changed ->> 'project_id') || ' ' || (changed ->> tg_argv[0]));
  -- A redirect or a label that now belongs to another prompt changes that which it belonged to as well.
  if tg_op = 'UPDATE' and to_jsonb(old) ->> tg_argv[0] is distinct from changed ->> tg_argv[0] then
    perform pg_notify('stemma_prompts', (changed ->> 'project_id') || ' ' || (to_jsonb(old) ->> tg_argv[0]));
  end if;
  return null;
end $$;

create trigger notify_prompt after insert or update or delete on prompt
  for each row execute function stemma_notify_prompt('id');
create trigger notify_prompt after insert or update or delete on prompt_redirect
  for each row execute function stemma_notify_prompt('prompt_id');
create trigger notify_prompt after insert or update or delete on prompt_version
  for each row execute function stemma_notify_prompt('prompt_id');
create trigger notify_prompt after insert or update or delete on prompt_label
  for each row execute function stemma_notify_prompt('prompt_id');
