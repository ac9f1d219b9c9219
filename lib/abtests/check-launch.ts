import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { type AbTest, controlOf } from "./definition.ts";
import { type Finding, type LaunchFacts, lintAbTest } from "./lint.ts";
import { planAbTest } from "./plan-ab-test.ts";
import { listAbTests } from "./queries.ts";
import { readUnitShare } from "./store/read-unit-share.ts";

/** What would stop or spoil this test if it were started now: errors first, then warnings, then notes. */
export async function checkLaunch(ctx: Context, test: AbTest): Promise<Finding[]> {
  requireScope(ctx, "read");
  const findings = lintAbTest(test, await readFacts(ctx, test));
  return (["error", "warning", "note"] as const).flatMap((level) =>
    findings.filter((finding) => finding.level === level),
  );
}

async function readFacts(ctx: Context, test: AbTest): Promise<LaunchFacts> {
  const { projectId } = ctx;
  const idsOf = (field: "promptVersionId" | "modelVersionId") => [
    ...new Set(test.variants.map((variant) => variant[field])),
  ];
  const [prompts, models, { data: running }] = await Promise.all([
    prisma().promptVersion.findMany({
      where: { projectId, id: { in: idsOf("promptVersionId") } },
      select: { id: true, promptId: true },
    }),
    prisma().modelVersion.findMany({
      where: { projectId, id: { in: idsOf("modelVersionId") } },
      select: { id: true },
    }),
    listAbTests(ctx, { status: "running", limit: 1000 }),
  ]);
  const known = new Set([...prompts, ...models].map((row) => row.id));
  const control = controlOf(test);
  const [metric] = test.metrics.success;
  const hasControl = known.has(control.promptVersionId) && known.has(control.modelVersionId);
  const [recent, plan] = await Promise.all([
    readUnitShare({ projectId, promptIds: [...new Set(prompts.map((row) => row.promptId))], before: now() }),
    metric && hasControl
      ? planAbTest(ctx, {
          promptVersionId: control.promptVersionId,
          modelVersionId: control.modelVersionId,
          unitKind: test.unitKind,
          variants: test.variants.length,
          alpha: test.design.alpha,
          coverage: test.coverage,
          successCount: test.metrics.success.length,
          metric,
        })
      : null,
  ]);
  return {
    running: running.filter((other) => other.id !== test.id),
    missing: test.variants.flatMap((variant) =>
      (["promptVersionId", "modelVersionId"] as const)
        .filter((field) => !known.has(variant[field]))
        .map((field) => ({ variantKey: variant.key, field })),
    ),
    recent,
    plan,
  };
}
