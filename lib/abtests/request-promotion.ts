import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { requireOpenEnd } from "./carry-out-promotion.ts";
import { judgePromotion } from "./judge-promotion.ts";
import { parseFields } from "./parse-fields.ts";
import { requirePromotionScopes, savePromotion } from "./promote-winner.ts";
import { type AbPromotion, findOpenPromotion, toAbPromotion } from "./promotion.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { type PromoteInput, promoteInput } from "./schema.ts";

/**
 * Asks a second person to promote a variant; against the verdict that needs `againstVerdictReason`. Nothing moves
 * until somebody else approves. `conflict` while another promotion of the test waits.
 */
export async function requestPromotion(
  ctx: Context,
  input: PromoteInput & { key: string },
): Promise<AbPromotion> {
  requirePromotionScopes(ctx, input);
  const { key } = input;
  const fields = parseFields(promoteInput, input);
  requireOpenEnd(await loadAbTest(ctx.projectId, key));
  const { isAgainstVerdict, evidence } = await judgePromotion(ctx, { key, ...fields });
  return prisma().$transaction(async (tx) => {
    const test = await lockAbTest(tx, ctx.projectId, key);
    requireOpenEnd(test);
    if (!test.variants.some((variant) => variant.key === fields.variantKey))
      throw new AppError("invalid_input", `The test has no variant ${fields.variantKey}.`, {
        issues: [{ path: "variantKey", message: "The test has no such variant." }],
      });
    const open = await findOpenPromotion(tx, ctx.projectId, test.id);
    if (open)
      throw new AppError(
        "conflict",
        `A promotion of ${open.variantKey} waits already (asked by ${open.requestedBy.name}). Decline or withdraw it first.`,
      );
    const { id } = await savePromotion(tx, ctx, {
      abTestId: test.id,
      status: "requested",
      order: {
        ...fields,
        againstVerdictReason: isAgainstVerdict ? (fields.againstVerdictReason ?? null) : null,
      },
    });
    await recordDecision(tx, ctx, {
      abTestId: test.id,
      kind: "promotion_requested",
      note: `${fields.variantKey} to ${fields.label}: ${fields.reason}${isAgainstVerdict ? ` (against the verdict: ${fields.againstVerdictReason})` : ""}`,
      evidence: { ...evidence, promotionId: id },
    });
    await recordAudit(tx, ctx, {
      action: "ab_test.promotion_requested",
      subjectType: "ab_test",
      subjectId: test.id,
      subjectName: key,
      after: { variantKey: fields.variantKey, label: fields.label, isAgainstVerdict },
      reason: fields.reason,
    });
    return toAbPromotion(await tx.abPromotion.findUniqueOrThrow({ where: { id } }));
  });
}
