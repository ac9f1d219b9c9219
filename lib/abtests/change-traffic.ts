import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import type { AbTest } from "./definition.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { parseFields } from "./parse-fields.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { type ChangeTrafficInput, changeTrafficInput } from "./schema.ts";

/**
 * Changes how much traffic a started test gets. Raising the coverage only adds units, so it goes on in the same
 * phase; other weights begin a new phase, which the analysis combines with the old one and never pools. Units that
 * are in stay in their variant. `invalid_input` for a lower coverage and weights that do not add up.
 */
export async function changeTraffic(ctx: Context, key: string, input: ChangeTrafficInput): Promise<AbTest> {
  requireScope(ctx, "abtests:write");
  const fields = parseFields(changeTrafficInput, input);
  const changed = await prisma().$transaction(async (tx) => {
    const before = await lockAbTest(tx, ctx.projectId, key);
    if (before.status !== "running" && before.status !== "paused")
      throw new AppError(
        "conflict",
        `"${key}" is ${before.status}: only a running or paused test has traffic to change${before.status === "draft" ? "; edit the draft" : ""}.`,
      );
    const coverage = fields.coverage ?? before.coverage;
    if (coverage < before.coverage)
      throw refused(
        "coverage",
        `The coverage is ${percent(before.coverage)} and can only be raised: units that are in must stay in. Pause the test to serve the control to everyone.`,
      );
    const weights = fields.weights ? checkedWeights(before, fields.weights) : weightsOf(before);
    const isReweighted = before.variants.some(({ key, weight }) => Math.abs(weights[key]! - weight) > 1e-9);
    if (!isReweighted && coverage === before.coverage)
      throw refused("weights", "Nothing changes: the test has these weights and this coverage already.");
    await tx.abTest.update({ where: { id: before.id }, data: { coverage } });
    if (isReweighted) await beginPhase(tx, ctx, { before, weights, coverage });
    else await tx.abPhase.updateMany({ where: { abTestId: before.id, endedAt: null }, data: { coverage } });
    const after = { weights, coverage };
    const was = { weights: weightsOf(before), coverage: before.coverage };
    await recordDecision(tx, ctx, {
      abTestId: before.id,
      kind: isReweighted ? "reweighted" : "ramped",
      note: fields.reason,
      evidence: { before: was, after },
    });
    await recordAudit(tx, ctx, {
      action: isReweighted ? "ab_test.reweighted" : "ab_test.ramped",
      subjectType: "ab_test",
      subjectId: before.id,
      subjectName: key,
      before: was,
      after,
      reason: fields.reason,
    });
    return loadAbTest(ctx.projectId, key, tx);
  });
  forgetDefinition(ctx.projectId, key);
  return changed;
}

async function beginPhase(
  tx: Transaction,
  ctx: Context,
  { before, weights, coverage }: { before: AbTest; weights: Record<string, number>; coverage: number },
): Promise<void> {
  const at = now();
  await tx.abPhase.updateMany({ where: { abTestId: before.id, endedAt: null }, data: { endedAt: at } });
  await tx.abPhase.create({
    data: {
      id: newId(at.getTime()),
      projectId: ctx.projectId,
      abTestId: before.id,
      number: before.phases.at(-1)!.number + 1,
      weights,
      coverage,
      startedAt: at,
    },
  });
  for (const { id, key } of before.variants)
    await tx.abVariant.update({ where: { id }, data: { weight: weights[key]! } });
}

function checkedWeights(test: AbTest, given: Record<string, number>): Record<string, number> {
  const keys = test.variants.map((variant) => variant.key);
  const unknown = Object.keys(given).filter((key) => !keys.includes(key));
  const missing = keys.filter((key) => given[key] === undefined);
  if (unknown.length > 0) throw refused("weights", `The test has no variant ${unknown.join(", ")}.`);
  if (missing.length > 0)
    throw refused("weights", `Give every variant a weight; ${missing.join(", ")} has none.`);
  const total = keys.reduce((sum, key) => sum + given[key]!, 0);
  if (Math.abs(total - 1) > 1e-6)
    throw refused("weights", `The weights add up to ${Number(total.toFixed(6))}; they must add up to 1.`);
  return given;
}

function weightsOf(test: AbTest): Record<string, number> {
  return Object.fromEntries(test.variants.map(({ key, weight }) => [key, weight]));
}

function refused(path: string, message: string): AppError {
  return new AppError("invalid_input", message, { issues: [{ path, message }] });
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))}%`;
}
