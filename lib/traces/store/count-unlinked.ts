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
};

/** What spans of the last 30 days name and could not be linked to, the most frequent first. Needs `read`. */
export async function listUnlinked(ctx: Context): Promise<UnlinkedName[]> {
  requireScope(ctx, "read");
  const rows = await sql()<
    { kind: UnlinkedName["kind"]; name: string; detail: string | null; count: number; last: Date }[]
  >`
    select 'prompt' as kind, prompt_name as name, prompt_version_text as detail, count(*), max(start_time) as last
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
    limit 200`;
  return rows.map(({ kind, name, detail, count, last }) => ({
    kind,
    name,
    detail,
    spanCount: count,
    lastAt: last.toISOString(),
  }));
}
