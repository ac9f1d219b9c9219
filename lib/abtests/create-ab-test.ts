import type { z } from "zod";
import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError, type FieldIssue } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { isUniqueViolation, prisma, type Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import type { AbTest } from "./definition.ts";
import { parseFields } from "./parse-fields.ts";
import { loadAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import {
  type CreateAbTestInput,
  completeVariants,
  createAbTestInput,
  designSchema,
  policySchema,
  type VariantFields,
} from "./schema.ts";

/**
 * Saves a draft; nothing is assigned until it is started. Letters and equal weights are filled in where they are
 * left out. Throws `conflict` if the key is taken, `invalid_input` naming the field otherwise.
 */
export async function createAbTest(ctx: Context, input: CreateAbTestInput): Promise<AbTest> {
  requireScope(ctx, "abtests:write");
  const fields = parseFields(createAbTestInput, input);
  const id = newId();
  const variants = completeVariants(fields.variants);
  await requireVersions(ctx, variants);
  try {
    return await prisma().$transaction(async (tx) => {
      await tx.abTest.create({
        data: {
          id,
          projectId: ctx.projectId,
          key: fields.key,
          seed: fields.seed ?? fields.key,
          createdBy: ctx.actor.name,
          createdAt: now(),
          ...draftColumns(fields),
        },
      });
      await saveVariants(tx, ctx, id, variants);
      await recordDecision(tx, ctx, { abTestId: id, kind: "created", note: fields.hypothesis });
      await recordAudit(tx, ctx, {
        action: "ab_test.created",
        subjectType: "ab_test",
        subjectId: id,
        subjectName: fields.key,
        after: { name: fields.name, variants, metrics: fields.metrics },
      });
      return loadAbTest(ctx.projectId, fields.key, tx);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", `There is already an A/B test "${fields.key}".`, {
      cause: error,
      issues: [{ path: "key", message: "This key is taken." }],
    });
  }
}

/** The columns of `ab_test` that a draft may change. */
export function draftColumns(fields: Omit<z.output<typeof createAbTestInput>, "key" | "seed">) {
  return {
    name: fields.name,
    hypothesis: fields.hypothesis,
    unitKind: fields.unitKind,
    unitAttribute: fields.unitKind === "attribute" ? fields.unitAttribute : null,
    coverage: fields.coverage,
    hashVersion: fields.hashVersion,
    assignment: fields.assignment,
    metrics: fields.metrics,
    design: designSchema.parse(fields.design),
    policy: policySchema.parse(fields.policy),
  };
}

export async function saveVariants(
  tx: Transaction,
  ctx: Context,
  abTestId: string,
  variants: VariantFields[],
): Promise<void> {
  await tx.abVariant.deleteMany({ where: { projectId: ctx.projectId, abTestId } });
  await tx.abVariant.createMany({
    data: variants.map((variant, position) => ({
      id: newId(),
      projectId: ctx.projectId,
      abTestId,
      position,
      ...variant,
    })),
  });
}

/** Throws `invalid_input`, naming the variant's field, for a version that this project does not have. */
export async function requireVersions(ctx: Context, variants: VariantFields[]): Promise<void> {
  const { projectId } = ctx;
  const [prompts, models] = await Promise.all([
    prisma().promptVersion.findMany({
      where: { projectId, id: { in: variants.map((variant) => variant.promptVersionId) } },
      select: { id: true },
    }),
    prisma().modelVersion.findMany({
      where: { projectId, id: { in: variants.map((variant) => variant.modelVersionId) } },
      select: { id: true },
    }),
  ]);
  const known = new Set([...prompts, ...models].map((row) => row.id));
  const issues: FieldIssue[] = variants.flatMap((variant, index) =>
    (["promptVersionId", "modelVersionId"] as const)
      .filter((field) => !known.has(variant[field]))
      .map((field) => ({
        path: `variants.${index}.${field}`,
        message: `Variant ${variant.key}: there is no such ${field === "promptVersionId" ? "prompt" : "model"} version in this project.`,
      })),
  );
  if (issues.length > 0) throw new AppError("invalid_input", issues[0]!.message, { issues });
}
