import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { checkScore } from "../check-score.ts";
import type { ScoreDefinition, ScoreInput } from "../schema.ts";

/**
 * Checks scores against the project's definitions and stores them all or none; one whose id is there replaces it.
 * The caller has checked the scope. Returns their ids in order. Throws `invalid_input` naming the one at fault.
 */
export async function writeScores(ctx: Context, scores: readonly ScoreInput[]): Promise<string[]> {
  if (scores.length === 0) return [];
  const definitions = await definitionsOf(ctx, [...new Set(scores.map((score) => score.name))]);
  const rows = scores.map((score, index) => {
    const result = checkScore(score.value, definitions.get(score.name) ?? null);
    if ("message" in result) {
      const path = scores.length === 1 ? "value" : `${index}.value`;
      throw new AppError("invalid_input", result.message, { issues: [{ path, message: result.message }] });
    }
    return {
      project_id: ctx.projectId,
      id: score.id ?? newId(),
      name: score.name,
      data_type: result.value.dataType,
      numeric_value: result.value.numericValue,
      label_value: result.value.labelValue,
      trace_id: score.traceId ?? null,
      span_id: score.spanId ? Buffer.from(score.spanId, "hex") : null,
      session_id: score.sessionId ?? null,
      source: score.source,
      comment: score.comment ?? null,
      author: ctx.actor.name,
      created_at: score.createdAt ?? new Date().toISOString(),
    };
  });
  // One statement can't touch a row twice: of two under one id in a request the later holds.
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  await sql().begin(async (transaction) => {
    const tx = transaction as unknown as Sql;
    for (let i = 0; i < unique.length; i += rowsPerStatement)
      await upsertScores(tx, ctx.projectId, unique.slice(i, i + rowsPerStatement));
  });
  return rows.map((row) => row.id);
}

type ScoreRow = { id: string; trace_id: string | null } & Record<string, string | number | Buffer | null>;

/**
 * Inserts what is new and replaces what is there, and marks the traces concerned: those that have a score now, and
 * those that had it before. ON CONFLICT DO NOTHING waits for another writer of the same id to commit, so the
 * statement after it sees, and locks, what that one wrote.
 */
async function upsertScores(tx: Sql, projectId: string, rows: ScoreRow[]): Promise<void> {
  const inserted = await tx<{ id: string }[]>`
    insert into scores ${tx(rows)} on conflict (project_id, id) do nothing returning id`;
  const isNew = new Set(inserted.map((row) => row.id));
  const rest = rows.filter((row) => !isNew.has(row.id));
  const traceIds = new Set(rows.flatMap((row) => row.trace_id ?? []));
  if (rest.length > 0) {
    const before = await tx<{ trace_id: string | null }[]>`
      select trace_id::text from scores where project_id = ${projectId} and id = any(${rest.map((row) => row.id)})
      order by id for update`;
    for (const row of before) if (row.trace_id) traceIds.add(row.trace_id.replaceAll("-", ""));
    await tx`
      insert into scores ${tx(rest)}
      on conflict (project_id, id) do update set name = excluded.name, data_type = excluded.data_type,
        numeric_value = excluded.numeric_value, label_value = excluded.label_value, trace_id = excluded.trace_id,
        span_id = excluded.span_id, session_id = excluded.session_id, source = excluded.source,
        comment = excluded.comment, author = excluded.author, updated_at = now()`;
  }
  await markScored(tx, projectId, [...traceIds]);
}

/** The traces' A/B tests are to count them again. Sent only where the project has a test. */
async function markScored(tx: Sql, projectId: string, traceIds: string[]): Promise<void> {
  if (traceIds.length === 0) return;
  await tx`
    insert into ab_pending (project_id, trace_id) select ${projectId}::uuid, unnest(${traceIds}::uuid[])
    where exists (select 1 from ab_test where project_id = ${projectId})`;
}

/** 13 parameters each, of the 65,535 that a statement can have. */
const rowsPerStatement = 1000;

async function definitionsOf(ctx: Context, names: string[]): Promise<Map<string, ScoreDefinition>> {
  const rows = await sql()<ScoreDefinition[]>`
    select id, name, type, minimum, maximum, categories, description, "higher_is_better" as "higherIsBetter",
      false as "isArchived"
    from score_definition
    where project_id = ${ctx.projectId} and name = any(${names}) and archived_at is null`;
  return new Map(rows.map((row) => [row.name, row]));
}
