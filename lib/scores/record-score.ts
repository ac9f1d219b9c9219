import { type Context, requireScope } from "#lib/core/context.ts";
import { type ScoreInputDraft, scoreInput } from "./schema.ts";
import { writeScores } from "./store/write-scores.ts";

/** Stores one score; returns its id. Needs `scores:write`. Throws `invalid_input` where a definition refuses it. */
export async function recordScore(ctx: Context, input: ScoreInputDraft): Promise<string> {
  const [id] = await recordScores(ctx, [input]);
  return id!;
}

/** Stores scores, all or none; returns their ids in order. Needs `scores:write`. */
export async function recordScores(ctx: Context, inputs: readonly ScoreInputDraft[]): Promise<string[]> {
  requireScope(ctx, "scores:write");
  return writeScores(
    ctx,
    inputs.map((input) => scoreInput.parse(input)),
  );
}
