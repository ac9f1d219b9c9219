import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { sql } from "#lib/db/postgres.ts";
import { type PlaygroundSetup, type PlaygroundSetupInput, playgroundSetup } from "../schema.ts";

/** Where each cell's last answer is: its trace, and the mark of the column that it answered. */
export type StoredCells = Record<string, { traceId: string; mark: string }>;

const longestSetup = 8_000_000;

/** Keeps what the person has in the playground. Needs `read`. Throws `too_large` over eight million characters. */
export async function saveSetup(ctx: Context, input: PlaygroundSetupInput): Promise<void> {
  requireScope(ctx, "read");
  const text = JSON.stringify(playgroundSetup.parse(input));
  if (text.length > longestSetup)
    throw new AppError("too_large", "This set-up is over 8 MB and is not kept. Shorten its texts or images.");
  await sql()`
    insert into playground_setup (project_id, user_id, setup, updated_at)
    values (${ctx.projectId}, ${ctx.actor.id}, ${text}, ${now()})
    on conflict (project_id, user_id) do update set setup = excluded.setup, updated_at = excluded.updated_at`;
}

/** What the person last had in the playground; null if nothing, or nothing that can still be read. */
export async function findOptionalSetup(
  ctx: Context,
): Promise<{ setup: PlaygroundSetup; cells: StoredCells } | null> {
  requireScope(ctx, "read");
  const [row] = await sql()<{ setup: string; cells: StoredCells }[]>`
    select setup, cells from playground_setup
    where project_id = ${ctx.projectId} and user_id = ${ctx.actor.id}`;
  const parsed = row && playgroundSetup.safeParse(JSON.parse(row.setup));
  return parsed?.success ? { setup: parsed.data, cells: row!.cells } : null;
}

/** Keeps where a run's answers are, over those of the cells that it did not touch unless it was the whole. */
export async function saveCells(
  ctx: Context,
  cells: StoredCells,
  { isWhole }: { isWhole: boolean },
): Promise<void> {
  const text = JSON.stringify(cells);
  await sql()`
    update playground_setup
    set cells = case when ${isWhole} then '{}'::jsonb else cells end || ${text}::text::jsonb
    where project_id = ${ctx.projectId} and user_id = ${ctx.actor.id}`;
}
