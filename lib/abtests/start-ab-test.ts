import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { contentHash } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { checkLaunch } from "./check-launch.ts";
import { type AbTest, controlOf } from "./definition.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { freezeScales } from "./freeze-scales.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { readBaselines } from "./store/read-baselines.ts";

/**
 * Starts a draft (phase 1 begins, what the metrics are judged against is frozen) or resumes a paused test. Throws
 * `invalid_input` for what cannot work, and `conflict` listing the warnings unless `acceptsWarnings`.
 */
export async function startAbTest(
  ctx: Context,
  key: string,
  options: { acceptsWarnings?: boolean } = {},
): Promise<AbTest> {
  requireScope(ctx, "abtests:write");
  const test = await loadAbTest(ctx.projectId, key);
  if (test.status === "draft" || test.status === "paused")
    await requireSound(ctx, test, test.status === "paused" || (options.acceptsWarnings ?? false));
  const at = now();
  const metrics = [...test.metrics.success, ...test.metrics.guardrails, ...test.metrics.exploratory];
  const { promptVersionId, modelVersionId } = controlOf(test);
  const baselines =
    test.status === "draft"
      ? await readBaselines({
          projectId: ctx.projectId,
          promptVersionId,
          modelVersionId,
          before: at,
          metrics: metrics.map((choice) => choice.metric),
        })
      : new Map<string, number>();
  const started = await prisma().$transaction(async (tx) => {
    const before = await lockAbTest(tx, ctx.projectId, key);
    if (before.status === "paused") return resume(ctx, tx, before);
    if (before.status !== "draft")
      throw new AppError(
        "conflict",
        `"${key}" is ${before.status}: only a draft or a paused test can start.`,
      );
    const frozen = freezeScales({
      metrics: before.metrics,
      alpha: before.design.alpha,
      frozen: {},
      baselines,
      source: "pre_period",
      at,
    });
    const weights = Object.fromEntries(before.variants.map((variant) => [variant.key, variant.weight]));
    await tx.abTest.update({
      where: { id: before.id },
      data: { status: "running", startedAt: at, design: { ...before.design, frozen } },
    });
    await tx.abPhase.create({
      data: {
        id: newId(),
        projectId: ctx.projectId,
        abTestId: before.id,
        number: 1,
        weights,
        coverage: before.coverage,
        startedAt: at,
      },
    });
    await recordDecision(tx, ctx, {
      abTestId: before.id,
      kind: "started",
      evidence: { weights, frozen, designHash: designHash(before) },
    });
    await recordAudit(tx, ctx, {
      action: "ab_test.started",
      subjectType: "ab_test",
      subjectId: before.id,
      subjectName: key,
      before: { status: before.status },
      after: { status: "running", weights, coverage: before.coverage },
    });
    return loadAbTest(ctx.projectId, key, tx);
  });
  forgetDefinition(ctx.projectId, key);
  return started;
}

async function resume(
  ctx: Context,
  tx: Parameters<typeof recordDecision>[0],
  before: AbTest,
): Promise<AbTest> {
  await tx.abTest.update({ where: { id: before.id }, data: { status: "running" } });
  await recordDecision(tx, ctx, { abTestId: before.id, kind: "resumed" });
  await recordAudit(tx, ctx, {
    action: "ab_test.resumed",
    subjectType: "ab_test",
    subjectId: before.id,
    subjectName: before.key,
    before: { status: "paused" },
    after: { status: "running" },
  });
  return loadAbTest(ctx.projectId, before.key, tx);
}

/** Of all that is decided before the numbers come: the same hash later proves that it is still the same design. */
function designHash(test: AbTest): string {
  const { key, seed, hashVersion, unitKind, unitAttribute, assignment, metrics, design } = test;
  const variants = test.variants.map(({ id, ...variant }) => variant);
  const rules = { ...design, frozen: undefined };
  return contentHash({
    key,
    seed,
    hashVersion,
    unitKind,
    unitAttribute,
    assignment,
    metrics,
    variants,
    design: rules,
  });
}

async function requireSound(ctx: Context, test: AbTest, acceptsWarnings: boolean): Promise<void> {
  const findings = await checkLaunch(ctx, test);
  const errors = findings.filter((finding) => finding.level === "error");
  const warnings = findings.filter((finding) => finding.level === "warning");
  const blocking = errors.length > 0 ? errors : acceptsWarnings ? [] : warnings;
  if (blocking.length === 0) return;
  throw new AppError(errors.length > 0 ? "invalid_input" : "conflict", blocking[0]!.message, {
    issues: blocking.map(({ field, message }) => ({ path: field, message })),
  });
}
