import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { patient } from "#lib/prompts/patient.ts";
import { carryOutPromotion, type PromotedWinner } from "./carry-out-promotion.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { findWaiting } from "./find-waiting.ts";
import { judgePromotion } from "./judge-promotion.ts";
import { parseFields } from "./parse-fields.ts";
import { requirePromotionScopes } from "./promote-winner.ts";
import type { AbPromotion } from "./promotion.ts";
import { lockAbTest } from "./queries.ts";
import { type DecidePromotionInput, decidePromotionInput } from "./schema.ts";

/**
 * Approves a promotion that somebody else asked for (or that is scheduled) and carries it out, on the evidence as it
 * is now. Only a person approves, and never their own request nor that of a key they made: `forbidden` otherwise.
 * `conflict` if the verdict has turned against the variant since it was asked for.
 */
export async function approvePromotion(
  ctx: Context,
  input: DecidePromotionInput & { key: string },
): Promise<PromotedWinner> {
  const { key } = input;
  const { promotionId, note } = parseFields(decidePromotionInput, input);
  const waiting = await findWaiting(prisma(), ctx, { key, promotionId });
  requirePromotionScopes(ctx, waiting);
  await requireSecondPerson(prisma(), ctx, waiting);
  const { evidence } = await judgePromotion(ctx, { key, ...waiting }).catch((error) => {
    if (!(error instanceof AppError) || error.issues[0]?.path !== "againstVerdictReason") throw error;
    throw new AppError(
      "conflict",
      `The verdict has turned since this was asked for. Decline it; it can be asked for again with a reason. ${error.message}`,
      { cause: error },
    );
  });
  const promoted = await prisma().$transaction(async (tx) => {
    const test = await lockAbTest(tx, ctx.projectId, key);
    const order = await findWaiting(tx, ctx, { key, promotionId });
    return carryOutPromotion(tx, ctx, {
      test,
      order,
      evidence: { ...evidence, requestedBy: order.requestedBy.name, approvedBy: ctx.actor.name },
      note,
    });
  }, patient);
  forgetDefinition(ctx.projectId, key);
  return promoted;
}

async function requireSecondPerson(
  db: Transaction,
  ctx: Context,
  { requestedBy }: Pick<AbPromotion, "requestedBy">,
): Promise<void> {
  if (ctx.actor.type !== "user")
    throw new AppError("forbidden", "Only a member who is signed in approves: a key is no second person.");
  if (requestedBy.type === "system") return;
  const personId =
    requestedBy.type === "api_key" ? await creatorOfKey(db, ctx.projectId, requestedBy.id) : requestedBy.id;
  if (personId === ctx.actor.id)
    throw new AppError("forbidden", "You asked for this yourself: another member must approve it.");
}

/** The log of changes is the only place that names who made a key by their id. */
async function creatorOfKey(db: Transaction, projectId: string, keyId: string): Promise<string | null> {
  const made = await db.auditEvent.findFirst({
    where: { projectId, action: "api_key.created", subjectId: keyId },
    select: { actorId: true },
  });
  return made?.actorId ?? null;
}
