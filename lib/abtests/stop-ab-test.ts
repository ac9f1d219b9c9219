import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { closePromotions } from "./close-promotions.ts";
import type { AbTest } from "./definition.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";

/**
 * Ends a test without a winner: the control serves everyone and the numbers stay as they are. It cannot be started
 * again. `conflict` for a draft and for what has ended already.
 */
export async function stopAbTest(
  ctx: Context,
  key: string,
  reason = "",
  evidence?: JsonObject,
): Promise<AbTest> {
  requireScope(ctx, "abtests:write");
  const stopped = await prisma().$transaction(async (tx) => {
    const before = await lockAbTest(tx, ctx.projectId, key);
    if (before.status !== "running" && before.status !== "paused")
      throw new AppError(
        "conflict",
        `"${key}" is ${before.status}: only a running or paused test can be stopped.`,
      );
    const at = now();
    await tx.abTest.update({ where: { id: before.id }, data: { status: "stopped", stoppedAt: at } });
    await tx.abPhase.updateMany({ where: { abTestId: before.id, endedAt: null }, data: { endedAt: at } });
    await closePromotions(tx, ctx, before.id, "The test was stopped.");
    await recordDecision(tx, ctx, { abTestId: before.id, kind: "stopped", note: reason, evidence });
    await recordAudit(tx, ctx, {
      action: "ab_test.stopped",
      subjectType: "ab_test",
      subjectId: before.id,
      subjectName: key,
      before: { status: before.status },
      after: { status: "stopped" },
      reason,
    });
    return loadAbTest(ctx.projectId, key, tx);
  });
  forgetDefinition(ctx.projectId, key);
  return stopped;
}
