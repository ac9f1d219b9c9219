import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
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
  await sql().begin(async (tx) => {
    for (let i = 0; i < unique.length; i += rowsPerStatement) {
      await tx`
        insert into scores ${tx(unique.slice(i, i + rowsPerStatement))}
        on conflict (project_id, id) do update set name = excluded.name, data_type = excluded.data_type,
          numeric_value = excluded.numeric_value, label_value = excluded.label_value, trace_id = excluded.trace_id,
          span_id = excluded.span_id, session_id = excluded.session_id, source = excluded.source,
          comment = excluded.comment, author = excluded.author, updated_at = now()`;
    }
  });
  return rows.map((row) => row.id);
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
