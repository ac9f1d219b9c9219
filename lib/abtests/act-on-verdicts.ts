import type { TaskList } from "graphile-worker";
import { now } from "#lib/core/clock.ts";
import { type Context, systemContext } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { patient } from "#lib/prompts/patient.ts";
import { carryOutPromotion } from "./carry-out-promotion.ts";
import { closePromotions } from "./close-promotions.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { evidenceOf, getReport, type Report } from "./get-report.ts";
import { pauseAbTest } from "./pause-ab-test.ts";
import { savePromotion } from "./promote-winner.ts";
import { findOpenPromotion } from "./promotion.ts";
import { lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { stopAbTest } from "./stop-ab-test.ts";

const actTask = "abtests:act";

/** The tasks of the queue's worker. */
export const actTasks: TaskList = { [actTask]: actOnVerdicts };

/** For the worker's `crontab`: each minute, which is how fast harm is noticed when nobody looks. */
export const actCrontab = `* * * * * ${actTask}`;

/**
 * Looks at every running test as a person would (so that a change of verdict is noted and told of) and does what its
 * policy says. One test's trouble does not keep the others waiting.
 */
export async function actOnVerdicts(): Promise<void> {
  const running = await prisma().abTest.findMany({
    where: { status: "running" },
    select: { projectId: true, key: true },
  });
  for (const { projectId, key } of running) {
    await actOnVerdict(projectId, key).catch((error) =>
      console.error(
        `[ab-tests] "${key}" could not be looked after: ${error instanceof Error ? error.message : error}`,
      ),
    );
  }
}

/** Looks at one running test and acts by its policy: pauses or stops on harm, schedules and carries out promotions. */
export async function actOnVerdict(projectId: string, key: string): Promise<void> {
  const ctx = systemContext(projectId, "Stemma");
  const report = await getReport(ctx, key);
  if (report.test.status !== "running") return;
  if (report.verdict.state === "harm") await actOnHarm(ctx, report);
  await actOnPromotion(ctx, report);
}

async function actOnHarm(ctx: Context, report: Report): Promise<void> {
  const { test, verdict } = report;
  const { onHarm } = test.policy;
  if (onHarm === "tell") return;
  const log = await prisma().abDecision.findFirst({
    where: { projectId: ctx.projectId, abTestId: test.id, kind: "paused", actorType: "system" },
  });
  // Somebody started it again, knowing of the harm: that is theirs to decide.
  if (log) return;
  const act = onHarm === "pause" ? pauseAbTest : stopAbTest;
  await act(ctx, test.key, `By the test's policy on harm: ${verdict.sentence}`, evidenceOf(report));
}

async function actOnPromotion(ctx: Context, report: Report): Promise<void> {
  const { test, verdict } = report;
  const { mode, afterHours, label, stage } = test.policy.promotion;
  const variantKey = verdict.recommendation.action === "promote" ? verdict.recommendation.variantKey : null;
  const evidence = { ...evidenceOf(report), variantKey, isAgainstVerdict: false };
  const at = now();
  await prisma().$transaction(async (tx) => {
    const locked = await lockAbTest(tx, ctx.projectId, test.key);
    if (locked.status !== "running") return;
    const open = await findOpenPromotion(tx, ctx.projectId, test.id);
    if (open?.status === "requested") return;
    if (open && (open.variantKey !== variantKey || mode !== "automatic")) {
      const why =
        mode === "automatic"
          ? `The verdict does not recommend ${open.variantKey} any more: ${verdict.sentence}`
          : "The test's promotions are not automatic any more.";
      await closePromotions(tx, ctx, test.id, why);
      return;
    }
    if (open?.dueAt && open.dueAt <= at) {
      await carryOutPromotion(tx, ctx, { test: locked, order: open, evidence });
      return;
    }
    if (open || !variantKey || mode !== "automatic") return;
    const vetoed = await tx.abPromotion.findFirst({
      where: { projectId: ctx.projectId, abTestId: test.id, status: "declined" },
      select: { id: true },
    });
    if (vetoed) return;
    const dueAt = new Date(at.getTime() + afterHours * 3_600_000);
    const { id } = await savePromotion(tx, ctx, {
      abTestId: test.id,
      status: "scheduled",
      dueAt,
      order: { variantKey, label, stage, reason: verdict.sentence, againstVerdictReason: null },
    });
    await recordDecision(tx, ctx, {
      abTestId: test.id,
      kind: "promotion_scheduled",
      note: `${variantKey} is promoted to ${label} at ${dueAt.toISOString().slice(0, 16).replace("T", " ")} UTC unless somebody declines.`,
      evidence: { ...evidence, promotionId: id, dueAt: dueAt.toISOString() },
    });
  }, patient);
  forgetDefinition(ctx.projectId, test.key);
}
