import { type Context, requireScope } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";

/** A prompt version or A/B test that spans name and this project does not have. */
export type UnlinkedName = {
  kind: "prompt" | "ab_test";
  name: string;
  /** The version's or the variant's words. */
  detail: string | null;
  spanCount: number;
  lastAt: string;
  /** Whether the project has a prompt or an A/B test of this name: then it is the version or variant that is missing. */
  isNameKnown: boolean;
  /** Of the prompt of this name. */
  latestVersion: number | null;
};

/** Whether spans name anything that is not linked; quick, however many do. Needs `read`. */
export async function hasUnlinked(ctx: Context): Promise<boolean> {
  requireScope(ctx, "read");
  const [row] = await sql()<{ found: boolean }[]>`
    select exists (
      select 1 from spans
      where project_id = ${ctx.projectId} and start_time > now() - interval '30 days'
        and ((prompt_name is not null and prompt_version_id is null)
          or (ab_test_key is not null and ab_test_id is null))) as found`;
  return row!.found;
}

/** What spans of the last 30 days name and could not be linked to, the most frequent first. Needs `read`. */
export async function listUnlinked(ctx: Context): Promise<UnlinkedName[]> {
  requireScope(ctx, "read");
  const rows = await sql()<Row[]>`
    select u.kind, u.name, u.detail, u.count, u.last, v.latest,
      case u.kind when 'prompt' then p.id is not null else t.id is not null end as is_known
    from (
      select 'prompt' as kind, prompt_name as name, prompt_version_text as detail, count(*) as count,
        max(start_time) as last
      from spans
      where project_id = ${ctx.projectId} and prompt_name is not null and prompt_version_id is null
        and start_time > now() - interval '30 days'
      group by 2, 3
      union all
      select 'ab_test', ab_test_key, variant_key, count(*), max(start_time)
      from spans
      where project_id = ${ctx.projectId} and ab_test_key is not null and ab_test_id is null
        and start_time > now() - interval '30 days'
      group by 2, 3
      order by 4 desc
      limit 200) u
    left join prompt p on u.kind = 'prompt' and p.project_id = ${ctx.projectId} and p.name = u.name
      and p.archived_at is null
    left join ab_test t on u.kind = 'ab_test' and t.project_id = ${ctx.projectId} and t.key = u.name
    left join lateral (select max(number) as latest from prompt_version v where v.prompt_id = p.id) v on true
    order by u.count desc, u.name, u.detail`;
  return rows.map(({ kind, name, detail, count, last, is_known, latest }) => ({
    kind,
    name,
    detail,
    spanCount: count,
    lastAt: last.toISOString(),
    isNameKnown: is_known,
    latestVersion: latest,
  }));
}

type Row = {
  kind: UnlinkedName["kind"];
  name: string;
  detail: string | null;
  count: number;
  last: Date;
  is_known: boolean;
  latest: number | null;
};
