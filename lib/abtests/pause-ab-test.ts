import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import type { AbTest } from "./definition.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";

/**
 * The kill switch: everyone gets the control until the test is started again, in this process at once and in
 * others within two seconds. Units keep their assignments for then. `evidence` is kept with the decision. `conflict` unless it is running.
 */
export async function pauseAbTest(
  ctx: Context,
  key: string,
  reason = "",
  evidence?: JsonObject,
): Promise<AbTest> {
  requireScope(ctx, "abtests:write");
  const paused = await prisma().$transaction(async (tx) => {
    const before = await lockAbTest(tx, ctx.projectId, key);
    if (before.status !== "running")
      throw new AppError("conflict", `"${key}" is ${before.status}: only a running test can be paused.`);
    await tx.abTest.update({ where: { id: before.id }, data: { status: "paused" } });
    await recordDecision(tx, ctx, { abTestId: before.id, kind: "paused", note: reason, evidence });
    await recordAudit(tx, ctx, {
      action: "ab_test.paused",
      subjectType: "ab_test",
      subjectId: before.id,
      subjectName: key,
      before: { status: "running" },
      after: { status: "paused" },
      reason,
    });
    return loadAbTest(ctx.projectId, key, tx);
  });
  forgetDefinition(ctx.projectId, key);
  return paused;
}
