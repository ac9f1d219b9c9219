import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { canonicalJson, type JsonObject } from "#lib/core/json.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import type { Stage } from "#lib/models/schema.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { patient } from "#lib/prompts/patient.ts";
import { placeLabel } from "#lib/prompts/place-label.ts";
import { lockPrompt } from "#lib/prompts/queries.ts";
import { placeStage } from "#lib/registry/set-stage.ts";
import { serve, servingOf } from "./carry-out-promotion.ts";
import type { AbTest } from "./definition.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { requirePromotionScopes } from "./promote-winner.ts";
import { type Replaced, toAbPromotion } from "./promotion.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";

export type RolledBack = {
  abTest: AbTest;
  /** What was put back, and what somebody has moved since and was left, in words. */
  restored: string[];
  left: string[];
};

/**
 * Undoes the promotion that concluded the test, in one transaction: label, model stage and deployments go back to
 * what they were, except where somebody has moved them since. The test is stopped afterwards: its control serves
 * whoever asks for it, and its report stays. `conflict` unless it is concluded.
 */
export async function rollBackPromotion(
  ctx: Context,
  input: { key: string; reason?: string },
): Promise<RolledBack> {
  const { key } = input;
  const reason = input.reason?.trim() || "Rolled back";
  const outcome = await prisma().$transaction(async (tx) => {
    const test = await lockAbTest(tx, ctx.projectId, key);
    const row = await tx.abPromotion.findFirst({
      where: { projectId: ctx.projectId, abTestId: test.id, status: "promoted" },
      orderBy: { id: "desc" },
    });
    if (test.status !== "concluded" || !row)
      throw new AppError("conflict", `"${key}" is ${test.status}: there is no promotion to roll back.`);
    const promotion = toAbPromotion(row);
    requirePromotionScopes(ctx, promotion);
    const { replaced } = promotion;
    if (!replaced) throw new AppError("conflict", "What this promotion replaced was not kept.");
    const evidence: JsonObject = { abTestKey: key, rollsBack: promotion.id };
    const undo: Undo = { replaced, reason, evidence };
    const said = [
      await restoreLabel(tx, ctx, undo),
      await restoreStage(tx, ctx, undo),
      ...(await restoreDeployments(tx, ctx, undo)),
    ].filter((each) => each !== null);
    const restored = said.flatMap((each) => (each.isRestored ? [each.text] : []));
    const left = said.flatMap((each) => (each.isRestored ? [] : [each.text]));
    await tx.abPromotion.update({ where: { id: promotion.id }, data: { status: "rolled_back" } });
    await tx.abTest.update({
      where: { id: test.id },
      data: {
        status: "stopped",
        stoppedAt: test.stoppedAt ?? now(),
        policy: { ...test.policy, winnerVariantKey: null },
      },
    });
    await recordDecision(tx, ctx, {
      abTestId: test.id,
      kind: "rolled_back",
      note: reason,
      evidence: { promotionId: promotion.id, restored, left },
    });
    await recordAudit(tx, ctx, {
      action: "ab_test.rolled_back",
      subjectType: "ab_test",
      subjectId: test.id,
      subjectName: key,
      before: { status: "concluded", variantKey: promotion.variantKey },
      after: { status: "stopped", restored, left },
      reason,
    });
    return { abTest: await loadAbTest(ctx.projectId, key, tx), restored, left };
  }, patient);
  forgetDefinition(ctx.projectId, key);
  return outcome;
}

type Undo = { replaced: Replaced; reason: string; evidence: JsonObject };
type Said = { isRestored: boolean; text: string };

async function restoreLabel(
  tx: Transaction,
  ctx: Context,
  { replaced: { label }, reason, evidence }: Undo,
): Promise<Said | null> {
  const { promptId, promptName, name, from, to } = label;
  if (from?.versionId === to.versionId) return null;
  await lockPrompt(tx, promptId);
  const current = await tx.promptLabel.findUnique({
    where: { promptId_name: { promptId, name } },
    select: { version: { select: { id: true, number: true } } },
  });
  if (current?.version.id !== to.versionId) {
    const where = current ? `points at version ${current.version.number}` : "is gone";
    return { isRestored: false, text: `${name} of ${promptName} ${where} by now and was left` };
  }
  await placeLabel(tx, ctx, {
    prompt: { id: promptId, name: promptName },
    label: name,
    toVersion: from && { id: from.versionId, number: from.number },
    reason,
    evidence,
  });
  return {
    isRestored: true,
    text: from
      ? `${name} of ${promptName} is back at version ${from.number}`
      : `${name} of ${promptName} is taken away again`,
  };
}

async function restoreStage(
  tx: Transaction,
  ctx: Context,
  { replaced: { stage }, reason, evidence }: Undo,
): Promise<Said | null> {
  if (!stage || stage.from === stage.to) return null;
  const current = await tx.modelVersion.findFirst({
    where: { id: stage.modelVersionId, projectId: ctx.projectId },
    select: { stage: true },
  });
  if (current?.stage !== stage.to)
    return { isRestored: false, text: `${stage.model} is ${current?.stage ?? "gone"} by now and was left` };
  await placeStage(tx, ctx, {
    modelVersionId: stage.modelVersionId,
    stage: stage.from as Stage,
    reason,
    evidence,
  });
  return { isRestored: true, text: `${stage.model} is back in stage ${stage.from}` };
}

async function restoreDeployments(
  tx: Transaction,
  ctx: Context,
  { replaced, reason: why, evidence }: Undo,
): Promise<Said[]> {
  const said: Said[] = [];
  for (const { id, name, from, to } of replaced.deployments) {
    const row = await tx.deployment.findFirst({ where: { id, projectId: ctx.projectId } });
    if (!row || canonicalJson(servingOf(row)) !== canonicalJson(to)) {
      said.push({
        isRestored: false,
        text: `${name} ${row ? "serves something else" : "is gone"} by now and was left`,
      });
      continue;
    }
    await serve(tx, ctx, { id, name, from: to, to: from, why, evidence });
    said.push({ isRestored: true, text: `${name} serves what it served before` });
  }
  return said;
}
