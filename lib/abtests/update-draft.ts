import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import { draftColumns, requireVersions, saveVariants } from "./create-ab-test.ts";
import type { AbTest } from "./definition.ts";
import { parseFields } from "./parse-fields.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { completeVariants, type UpdateDraftInput, updateDraftInput } from "./schema.ts";

/** Replaces a draft. `conflict` once the test has been started: what its numbers mean is fixed then. */
export async function updateDraft(ctx: Context, key: string, input: UpdateDraftInput): Promise<AbTest> {
  requireScope(ctx, "abtests:write");
  const fields = parseFields(updateDraftInput, input);
  const variants = completeVariants(fields.variants);
  await requireVersions(ctx, variants);
  return prisma().$transaction(async (tx) => {
    const before = await lockAbTest(tx, ctx.projectId, key);
    if (before.status !== "draft")
      throw new AppError(
        "conflict",
        `"${key}" is ${before.status}: only a draft can be changed. Make a new test instead.`,
      );
    await tx.abTest.update({ where: { id: before.id }, data: draftColumns(fields) });
    await saveVariants(tx, ctx, before.id, variants);
    await recordDecision(tx, ctx, { abTestId: before.id, kind: "edited" });
    await recordAudit(tx, ctx, {
      action: "ab_test.edited",
      subjectType: "ab_test",
      subjectId: before.id,
      subjectName: key,
      before: { name: before.name, variants: before.variants, metrics: before.metrics },
      after: { name: fields.name, variants, metrics: fields.metrics },
    });
    return loadAbTest(ctx.projectId, key, tx);
  });
}
