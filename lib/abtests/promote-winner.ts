import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { patient } from "#lib/prompts/patient.ts";
import {
  carryOutPromotion,
  type PromotedWinner,
  type PromotionOrder,
  requireOpenEnd,
} from "./carry-out-promotion.ts";
import { closePromotions } from "./close-promotions.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { judgePromotion } from "./judge-promotion.ts";
import { parseFields } from "./parse-fields.ts";
import type { PromotionStatus } from "./promotion.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { type PromoteInput, promoteInput } from "./schema.ts";

export type { PromotedWinner };

/**
 * Ends the test with the winner that the verdict recommends, in one transaction: the label of the winner's prompt
 * moves to its version, its model version gets the stage, the deployments that served the test serve the winner, and
 * the evidence as it was (design, sums, verdict) is kept with each. `conflict` where a second person must approve:
 * against the verdict, and wherever the test's policy says so. Needs `abtests:write`, `prompts:write` and, for the
 * stage, `models:write`.
 */
export async function promoteWinner(
  ctx: Context,
  input: PromoteInput & { key: string },
): Promise<PromotedWinner> {
  requirePromotionScopes(ctx, input);
  const { key } = input;
  const fields = parseFields(promoteInput, input);
  const loaded = await loadAbTest(ctx.projectId, key);
  requireOpenEnd(loaded);
  const { isAgainstVerdict, verdict, evidence } = await judgePromotion(ctx, { key, ...fields });
  if (isAgainstVerdict)
    throw secondPersonNeeded(
      `The verdict does not recommend ${fields.variantKey}: ${verdict.sentence} Shipping against it needs a second person's approval.`,
    );
  if (loaded.policy.promotion.mode === "approval")
    throw secondPersonNeeded("This test's promotions need a second person's approval.");
  const promoted = await prisma().$transaction(async (tx) => {
    const test = await lockAbTest(tx, ctx.projectId, key);
    requireOpenEnd(test);
    await closePromotions(tx, ctx, test.id, `${ctx.actor.name} promoted ${fields.variantKey} directly.`);
    const order = await savePromotion(tx, ctx, {
      abTestId: test.id,
      // Promoted before the transaction ends; never seen in this state.
      status: "scheduled",
      order: { ...fields, againstVerdictReason: null },
    });
    return carryOutPromotion(tx, ctx, { test, order, evidence });
  }, patient);
  forgetDefinition(ctx.projectId, key);
  return promoted;
}

export function requirePromotionScopes(ctx: Context, { stage }: { stage?: string | null }): void {
  requireScope(ctx, "abtests:write");
  requireScope(ctx, "prompts:write");
  if (stage !== null) requireScope(ctx, "models:write");
}

/** The row of a new promotion. */
export async function savePromotion(
  tx: Transaction,
  ctx: Context,
  input: {
    abTestId: string;
    status: PromotionStatus;
    order: Omit<PromotionOrder, "id">;
    dueAt?: Date;
  },
): Promise<PromotionOrder> {
  const { abTestId, status, order, dueAt } = input;
  const { variantKey, label, stage, reason, againstVerdictReason } = order;
  const at = now();
  const id = newId(at.getTime());
  await tx.abPromotion.create({
    data: {
      id,
      projectId: ctx.projectId,
      abTestId,
      status,
      variantKey,
      label,
      stage,
      reason,
      againstVerdictReason,
      requestedByType: ctx.actor.type,
      requestedById: ctx.actor.id,
      requestedByName: ctx.actor.name,
      requestedAt: at,
      dueAt: dueAt ?? null,
    },
  });
  return { id, variantKey, label, stage, reason, againstVerdictReason };
}

function secondPersonNeeded(message: string): AppError {
  return new AppError(
    "conflict",
    `${message} Ask for it: POST …/promotions, or "Request approval" on the report.`,
    {
      issues: [{ path: "approval", message: "A second person must approve this." }],
    },
  );
}
