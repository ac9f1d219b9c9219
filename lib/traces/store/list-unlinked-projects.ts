import { sql } from "#lib/db/postgres.ts";

/** The projects that have spans whose prompt or A/B test is not resolved. */
export async function listProjectsWithUnlinked(): Promise<string[]> {
  const rows = await sql()<{ id: string }[]>`
    select p.id from project p where exists (
      select 1 from spans s where s.project_id = p.id
        and ((s.prompt_name is not null and s.prompt_version_id is null)
          or (s.ab_test_key is not null and s.ab_test_id is null)))`;
  return rows.map((row) => row.id);
}
