import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { findWaiting } from "./find-waiting.ts";
import { parseFields } from "./parse-fields.ts";
import { type AbPromotion, toAbPromotion } from "./promotion.ts";
import { lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { type DecidePromotionInput, decidePromotionInput } from "./schema.ts";

/** Says no to a promotion that waits, with a reason: of a scheduled one this is the veto. Needs `abtests:write`. */
export async function declinePromotion(
  ctx: Context,
  input: DecidePromotionInput & { key: string },
): Promise<AbPromotion> {
  const { promotionId, note } = parseFields(decidePromotionInput, input);
  if (note === "")
    throw new AppError("invalid_input", "Say why you decline it.", {
      issues: [{ path: "note", message: "Say why: the reason stays in the decision log." }],
    });
  return endWaiting(ctx, { key: input.key, promotionId, note, status: "declined" });
}

/** Takes back one's own request. `forbidden` for anybody else's: decline that. */
export async function withdrawPromotion(
  ctx: Context,
  input: { key: string; promotionId: string },
): Promise<AbPromotion> {
  const { promotionId } = parseFields(decidePromotionInput, input);
  return endWaiting(ctx, { key: input.key, promotionId, note: "", status: "withdrawn" });
}

type End = { key: string; promotionId: string; note: string; status: "declined" | "withdrawn" };

async function endWaiting(ctx: Context, { key, promotionId, note, status }: End): Promise<AbPromotion> {
  return prisma().$transaction(async (tx) => {
    const waiting = await findWaiting(tx, ctx, { key, promotionId });
    await lockAbTest(tx, ctx.projectId, key);
    // Again, now that nobody else can decide it.
    await findWaiting(tx, ctx, { key, promotionId });
    if (status === "withdrawn" && waiting.requestedBy.id !== ctx.actor.id)
      throw new AppError("forbidden", `${waiting.requestedBy.name} asked for this: decline it instead.`);
    return close(tx, ctx, { abTestId: waiting.abTestId, key, promotionId, note, status });
  });
}

async function close(
  tx: Transaction,
  ctx: Context,
  { abTestId, key, promotionId, note, status }: End & { abTestId: string },
): Promise<AbPromotion> {
  const row = await tx.abPromotion.update({
    where: { id: promotionId },
    data: {
      status,
      decidedById: ctx.actor.id,
      decidedByName: ctx.actor.name,
      decidedAt: now(),
      decisionNote: note,
    },
  });
  await recordDecision(tx, ctx, {
    abTestId,
    kind: status === "declined" ? "promotion_declined" : "promotion_withdrawn",
    note,
    evidence: { promotionId },
  });
  await recordAudit(tx, ctx, {
    action: `ab_test.promotion_${status}`,
    subjectType: "ab_test",
    subjectId: abTestId,
    subjectName: key,
    after: { variantKey: row.variantKey, label: row.label },
    reason: note,
  });
  return toAbPromotion(row);
}
