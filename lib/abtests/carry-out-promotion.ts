import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import type { Transaction } from "#lib/db/prisma.ts";
import { samplingParameters } from "#lib/models/parameters.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { placeLabel } from "#lib/prompts/place-label.ts";
import { lockPrompt } from "#lib/prompts/queries.ts";
import { placeStage } from "#lib/registry/set-stage.ts";
import type { AbTest, Variant } from "./definition.ts";
import type { AbPromotion, Replaced, Serving } from "./promotion.ts";
import { loadAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";

export type PromotedWinner = {
  abTest: AbTest;
  promotionId: string;
  promptName: string;
  label: string;
  fromVersion: number | null;
  toVersion: number;
  /** Null where the model version's stage was left. */
  stage: { model: string; from: string; to: string } | null;
  /** Names of the deployments that served the test and now serve the winner. */
  deployments: string[];
  isAgainstVerdict: boolean;
};

/** What is to be promoted, whoever decided it. */
export type PromotionOrder = Pick<
  AbPromotion,
  "id" | "variantKey" | "label" | "stage" | "reason" | "againstVerdictReason"
>;

/**
 * Promotes a variant in the caller's transaction, which holds the test's lock: label, model stage and deployments
 * move together, the test is concluded, and the evidence is kept with each of these. The promotion's row, which must
 * be there, remembers what was replaced.
 */
export async function carryOutPromotion(
  tx: Transaction,
  ctx: Context,
  input: { test: AbTest; order: PromotionOrder; evidence: JsonObject; note?: string },
): Promise<PromotedWinner> {
  const { test, order, evidence, note = "" } = input;
  requireOpenEnd(test);
  const winner = test.variants.find((variant) => variant.key === order.variantKey);
  if (!winner)
    throw new AppError("invalid_input", `The test has no variant ${order.variantKey}.`, {
      issues: [{ path: "variantKey", message: "The test has no such variant." }],
    });
  const isAgainstVerdict = order.againstVerdictReason !== null;
  const why = isAgainstVerdict
    ? `${order.reason} (against the verdict: ${order.againstVerdictReason})`
    : order.reason;
  const { label, prompt } = await placeWinnersLabel(tx, ctx, { order, winner, why, evidence });
  const stage = order.stage
    ? await placeWinnersStage(tx, ctx, { stage: order.stage, winner, why, evidence })
    : null;
  const deployments = await serveWinner(tx, ctx, {
    test,
    winner,
    promptId: prompt.id,
    label: order.label,
    why,
    evidence,
  });
  const at = now();
  await tx.abTest.update({
    where: { id: test.id },
    data: {
      status: "concluded",
      stoppedAt: test.stoppedAt ?? at,
      policy: { ...test.policy, winnerVariantKey: winner.key },
    },
  });
  await tx.abPhase.updateMany({ where: { abTestId: test.id, endedAt: null }, data: { endedAt: at } });
  const replaced: Replaced = { label, stage, deployments };
  await tx.abPromotion.update({
    where: { id: order.id },
    data: {
      status: "promoted",
      decidedById: ctx.actor.id,
      decidedByName: ctx.actor.name,
      decidedAt: at,
      decisionNote: note,
      replaced: replaced as Prisma.InputJsonValue,
    },
  });
  await recordDecision(tx, ctx, {
    abTestId: test.id,
    kind: "promoted",
    note: note ? `${why} — ${note}` : why,
    evidence: { ...evidence, promotionId: order.id, replaced },
  });
  await recordAudit(tx, ctx, {
    action: "ab_test.promoted",
    subjectType: "ab_test",
    subjectId: test.id,
    subjectName: test.key,
    before: { status: test.status },
    after: {
      status: "concluded",
      variantKey: winner.key,
      label: order.label,
      version: label.to.number,
      stage: stage?.to ?? null,
      isAgainstVerdict,
    },
    reason: why,
  });
  return {
    abTest: await loadAbTest(ctx.projectId, test.key, tx),
    promotionId: order.id,
    promptName: label.promptName,
    label: order.label,
    fromVersion: label.from?.number ?? null,
    toVersion: label.to.number,
    stage: stage && { model: stage.model, from: stage.from, to: stage.to },
    deployments: deployments.map((deployment) => deployment.name),
    isAgainstVerdict,
  };
}

/** Throws `conflict` for a test that cannot be ended with a winner. */
export function requireOpenEnd(test: AbTest): void {
  if (test.status === "draft")
    throw new AppError("conflict", `"${test.key}" has not been started: there is nothing to promote.`);
  if (test.status === "concluded")
    throw new AppError(
      "conflict",
      `"${test.key}" has been concluded with ${test.policy.winnerVariantKey}. Move the label in the prompt instead, or roll the promotion back.`,
    );
}

type Winner = { winner: Variant; why: string; evidence: JsonObject };

async function placeWinnersLabel(
  tx: Transaction,
  ctx: Context,
  { order, winner, why, evidence }: Winner & { order: PromotionOrder },
): Promise<{ label: Replaced["label"]; prompt: { id: string; name: string } }> {
  const version = await tx.promptVersion.findUnique({
    where: { id: winner.promptVersionId },
    select: { id: true, number: true, prompt: { select: { id: true, name: true } } },
  });
  if (!version)
    throw new AppError(
      "conflict",
      `The prompt version of ${winner.key} has been deleted: there is nothing to point the label at.`,
    );
  const { prompt } = version;
  await lockPrompt(tx, prompt.id);
  const before = await tx.promptLabel.findUnique({
    where: { promptId_name: { promptId: prompt.id, name: order.label } },
    select: { version: { select: { id: true, number: true } } },
  });
  await placeLabel(tx, ctx, { prompt, label: order.label, toVersion: version, reason: why, evidence });
  return {
    prompt,
    label: {
      promptId: prompt.id,
      promptName: prompt.name,
      name: order.label,
      from: before && { versionId: before.version.id, number: before.version.number },
      to: { versionId: version.id, number: version.number },
    },
  };
}

async function placeWinnersStage(
  tx: Transaction,
  ctx: Context,
  { stage, winner, why, evidence }: Winner & { stage: "Staging" | "Production" },
): Promise<NonNullable<Replaced["stage"]>> {
  const { modelVersionId } = winner;
  const { fromStage } = await placeStage(tx, ctx, { modelVersionId, stage, reason: why, evidence });
  const { number, model } = await tx.modelVersion.findUniqueOrThrow({
    where: { id: modelVersionId },
    select: { number: true, model: { select: { name: true } } },
  });
  return { modelVersionId, model: `${model.name} v${number}`, from: fromStage, to: stage };
}

async function serveWinner(
  tx: Transaction,
  ctx: Context,
  input: Winner & { test: AbTest; promptId: string; label: string },
): Promise<Replaced["deployments"]> {
  const { test, winner, promptId, label, why, evidence } = input;
  const rows = await tx.deployment.findMany({
    where: { projectId: ctx.projectId, abTestId: test.id },
    orderBy: { name: "asc" },
  });
  const moved: Replaced["deployments"] = [];
  for (const row of rows) {
    const { id, name } = row;
    const to: Serving = {
      abTestId: null,
      promptId,
      promptLabel: label,
      promptVersionId: null,
      modelVersionId: winner.modelVersionId,
      parameters: winner.parameters,
    };
    await serve(tx, ctx, { id, name, from: servingOf(row), to, why, evidence });
    moved.push({ id, name, from: servingOf(row), to });
  }
  return moved;
}

/** Makes a deployment serve something else: the row, one row of history and one of the audit log. */
export async function serve(
  tx: Transaction,
  ctx: Context,
  move: { id: string; name: string; from: Serving; to: Serving; why: string; evidence: JsonObject },
): Promise<void> {
  const { id, name, from, to, why, evidence } = move;
  await tx.deployment.update({
    where: { id },
    data: { ...to, parameters: to.parameters as Prisma.InputJsonValue, updatedAt: now() },
  });
  await tx.promotion.create({
    data: {
      id: newId(),
      projectId: ctx.projectId,
      at: now(),
      subject: "deployment",
      subjectId: id,
      target: name,
      fromVersionId: from.modelVersionId,
      toVersionId: to.modelVersionId,
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
    before: from,
    after: to,
    reason: why,
  });
}

export function servingOf(row: Omit<Serving, "parameters"> & { parameters: unknown }): Serving {
  const { abTestId, promptId, promptLabel, promptVersionId, modelVersionId } = row;
  const parameters = samplingParameters.parse(row.parameters);
  return { abTestId, promptId, promptLabel, promptVersionId, modelVersionId, parameters };
}
