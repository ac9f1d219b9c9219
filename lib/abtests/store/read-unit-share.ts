import { sql } from "#lib/db/postgres.ts";

export type RecentCalls = {
  /** Model calls of the prompt looked at, at most ten thousand. */
  calls: number;
  withUser: number;
  withSession: number;
};

/**
 * How many of the latest calls of any of these prompts (in the last 14 days) say their user and their session: what a
 * test on that unit will live on. Bounded to the newest ten thousand.
 */
export async function readUnitShare(input: {
  projectId: string;
  promptIds: readonly string[];
  before: Date;
}): Promise<RecentCalls> {
  const from = new Date(input.before.getTime() - 14 * 86_400_000);
  const [row] = await sql()<[RecentCalls]>`
    with versions as (
      select id from prompt_version where project_id = ${input.projectId} and prompt_id = any(${[...input.promptIds]}::uuid[])
    ), recent as (
      select user_id, session_id from spans
      where project_id = ${input.projectId} and prompt_version_id in (select id from versions) and is_model_call
        and start_time >= ${from} and start_time < ${input.before}
        -- Our own evaluations and playground have no users, and playing is no traffic.
        and environment is distinct from 'evaluation' and environment is distinct from 'playground'
      order by start_time desc limit 10000
    )
    select count(*)::int as calls, count(user_id)::int as "withUser", count(session_id)::int as "withSession" from recent`;
  return row;
}
