import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { changeCatalogue } from "#lib/db/catalogue-memory.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { promptNotFound } from "#lib/prompts/find-prompt.ts";
import { patient } from "#lib/prompts/patient.ts";
import { placeLabel } from "#lib/prompts/place-label.ts";
import { findOptionalPromptRow, lockPrompt, type PromptRow } from "#lib/prompts/queries.ts";
import { forgetPrompt } from "#lib/prompts/serve-cached.ts";
import type { MoveLabelInput, RemoveLabelInput } from "./schema.ts";

export type LabelMoved = {
  promptName: string;
  label: string;
  fromVersion: number | null;
  toVersion: number | null;
  /** False when the label was there already: then nothing was written. */
  isMoved: boolean;
};

/** Points a label at a version of the prompt: one row of history with the evidence, one of the audit log. */
export async function moveLabel(ctx: Context, input: MoveLabelInput): Promise<LabelMoved> {
  return await inPrompt(ctx, input.promptName, async (tx, prompt) => {
    const { label, toVersion, reason, evidence, expectedFrom } = input;
    const version = await tx.promptVersion.findUnique({
      where: { promptId_number: { promptId: prompt.id, number: toVersion } },
      select: { id: true, number: true },
    });
    if (!version) throw new AppError("not_found", `The prompt “${prompt.name}” has no version ${toVersion}.`);
    const { isMoved, fromNumber } = await placeLabel(tx, ctx, {
      prompt,
      label,
      toVersion: version,
      reason,
      evidence,
    });
    if (expectedFrom !== undefined && expectedFrom !== fromNumber) {
      const where = fromNumber === null ? "is not set" : `points at version ${fromNumber}`;
      throw new AppError("conflict", `The label “${label}” ${where} by now. Look again before you move it.`);
    }
    return { promptName: prompt.name, label, fromVersion: fromNumber, toVersion, isMoved };
  });
}

/** Takes a label away from the prompt; 404 if it has none of that name. */
export async function removeLabel(ctx: Context, input: RemoveLabelInput): Promise<LabelMoved> {
  return await inPrompt(ctx, input.promptName, async (tx, prompt) => {
    const { label, reason } = input;
    const { isMoved, fromNumber } = await placeLabel(tx, ctx, { prompt, label, toVersion: null, reason });
    if (!isMoved) throw new AppError("not_found", `The prompt “${prompt.name}” has no label “${label}”.`);
    return { promptName: prompt.name, label, fromVersion: fromNumber, toVersion: null, isMoved };
  });
}

async function inPrompt(
  ctx: Context,
  name: string,
  move: (tx: Transaction, prompt: PromptRow) => Promise<LabelMoved>,
): Promise<LabelMoved> {
  requireScope(ctx, "prompts:write");
  const { prompt, moved } = await changeCatalogue(
    ctx.projectId,
    async (tx) => {
      const prompt = await findOptionalPromptRow(tx, ctx, name);
      if (!prompt) throw promptNotFound(name);
      await lockPrompt(tx, prompt.id);
      return { prompt, moved: await move(tx, prompt) };
    },
    patient,
  );
  forgetPrompt(ctx.projectId, prompt.id);
  return moved;
}
