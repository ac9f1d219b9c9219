import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { patient } from "#lib/prompts/patient.ts";
import { placeLabel } from "#lib/prompts/place-label.ts";
import { lockPrompt } from "#lib/prompts/queries.ts";
import type { AbTest, Variant } from "./definition.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { evidenceOf, getReport } from "./get-report.ts";
import { parseFields } from "./parse-fields.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { type PromoteInput, promoteInput } from "./schema.ts";

export type PromotedWinner = {
  abTest: AbTest;
  promptName: string;
  label: string;
  fromVersion: number | null;
  toVersion: number;
  /** Names of the deployments that served the test and now serve the winner. */
  deployments: string[];
  isAgainstVerdict: boolean;
};

/**
 * Ends the test with a winner, in one transaction: the label of the winner's prompt moves to its version, the
 * deployments that served the test serve the winner, and the evidence as it was (design, sums, verdict) is kept
 * with the promotion and in the decision log. Promoting what the verdict does not recommend needs
 * `againstVerdictReason`, and is marked so. Needs `abtests:write` and `prompts:write`.
 */
export async function promoteWinner(
  ctx: Context,
  input: PromoteInput & { key: string },
): Promise<PromotedWinner> {
  requireScope(ctx, "abtests:write");
  requireScope(ctx, "prompts:write");
  const { variantKey, label, reason, againstVerdictReason } = parseFields(promoteInput, input);
  const report = await getReport(ctx, input.key);
  const { verdict } = report;
  requireEnd(report.test);
  const isAgainstVerdict = verdict.recommendation.variantKey !== variantKey;
  if (isAgainstVerdict && !againstVerdictReason)
    throw new AppError(
      "conflict",
      `The verdict does not recommend ${variantKey}: ${verdict.sentence} Say why you promote it all the same.`,
      { issues: [{ path: "againstVerdictReason", message: "Needed to promote against the verdict." }] },
    );
  const why = isAgainstVerdict ? `${reason} (against the verdict: ${againstVerdictReason})` : reason;
  const evidence: JsonObject = { ...evidenceOf(report), variantKey, isAgainstVerdict };

  const promoted = await prisma().$transaction(async (tx) => {
    const test = await lockAbTest(tx, ctx.projectId, input.key);
    requireEnd(test);
    const winner = test.variants.find((variant) => variant.key === variantKey);
    if (!winner)
      throw new AppError("invalid_input", `The test has no variant ${variantKey}.`, {
        issues: [{ path: "variantKey", message: "The test has no such variant." }],
      });
    const { prompt, ...version } = await tx.promptVersion.findUniqueOrThrow({
      where: { id: winner.promptVersionId },
      select: { id: true, number: true, prompt: { select: { id: true, name: true } } },
    });
    await lockPrompt(tx, prompt.id);
    const { fromNumber } = await placeLabel(tx, ctx, {
      prompt,
      label,
      toVersion: version,
      reason: why,
      evidence,
    });
    const deployments = await serveWinner(tx, ctx, {
      test,
      winner,
      promptId: prompt.id,
      label,
      why,
      evidence,
    });
    const at = now();
    await tx.abTest.update({
      where: { id: test.id },
      data: {
        status: "concluded",
        stoppedAt: test.stoppedAt ?? at,
        policy: { ...test.policy, winnerVariantKey: variantKey },
      },
    });
    await tx.abPhase.updateMany({ where: { abTestId: test.id, endedAt: null }, data: { endedAt: at } });
    await recordDecision(tx, ctx, { abTestId: test.id, kind: "promoted", note: why, evidence });
    await recordAudit(tx, ctx, {
      action: "ab_test.promoted",
      subjectType: "ab_test",
      subjectId: test.id,
      subjectName: test.key,
      before: { status: test.status },
      after: { status: "concluded", variantKey, label, version: version.number, isAgainstVerdict },
      reason: why,
    });
    return {
      abTest: await loadAbTest(ctx.projectId, test.key, tx),
      promptName: prompt.name,
      label,
      fromVersion: fromNumber,
      toVersion: version.number,
      deployments,
      isAgainstVerdict,
    };
  }, patient);
  forgetDefinition(ctx.projectId, input.key);
  return promoted;
}

function requireEnd(test: AbTest): void {
  if (test.status === "draft")
    throw new AppError("conflict", `"${test.key}" has not been started: there is nothing to promote.`);
  if (test.status === "concluded")
    throw new AppError(
      "conflict",
      `"${test.key}" has been concluded with ${test.policy.winnerVariantKey}. Move the label in the prompt instead.`,
    );
}

async function serveWinner(
  tx: Transaction,
  ctx: Context,
  to: { test: AbTest; winner: Variant; promptId: string; label: string; why: string; evidence: JsonObject },
): Promise<string[]> {
  const { test, winner, promptId, label, why, evidence } = to;
  const deployments = await tx.deployment.findMany({
    where: { projectId: ctx.projectId, abTestId: test.id },
    orderBy: { name: "asc" },
  });
  for (const deployment of deployments) {
    const { id, name } = deployment;
    const after = {
      abTestId: null,
      promptId,
      promptLabel: label,
      promptVersionId: null,
      modelVersionId: winner.modelVersionId,
      parameters: winner.parameters,
    };
    await tx.deployment.update({ where: { id }, data: after });
    await tx.promotion.create({
      data: {
        id: newId(),
        projectId: ctx.projectId,
        at: now(),
        subject: "deployment",
        subjectId: id,
        target: name,
        fromVersionId: deployment.modelVersionId,
        toVersionId: winner.modelVersionId,
        actorType: ctx.actor.type,
        actorId: ctx.actor.id,
        actorName: ctx.actor.name,
        reason: why,
        evidence,
      },
    });
    await recordAudit(tx, ctx, {
      action: "deployment.promoted",
      subjectType: "deployment",
      subjectId: id,
      subjectName: name,
      before: { abTestKey: test.key },
      after: { promptLabel: label, modelVersionId: winner.modelVersionId, parameters: winner.parameters },
      reason: why,
    });
  }
  return deployments.map((deployment) => deployment.name);
}
