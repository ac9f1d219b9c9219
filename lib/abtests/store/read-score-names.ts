import { sql } from "#lib/db/postgres.ts";

/**
 * The distinct names of a project's scores, at most 200. A skip scan over the index on (project, name): one probe
 * per name, however many scores there are.
 */
export async function readScoreNames(projectId: string): Promise<string[]> {
  const rows = await sql()<{ name: string }[]>`
    with recursive names as (
      (select name from scores where project_id = ${projectId} order by name limit 1)
      union all
      select (select s.name from scores s where s.project_id = ${projectId} and s.name > n.name order by s.name limit 1)
      from names n where n.name is not null
    )
    select name from names where name is not null limit 200`;
  return rows.map((row) => row.name);
}
