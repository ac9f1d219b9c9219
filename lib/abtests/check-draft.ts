import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { checkLaunch } from "./check-launch.ts";
import { draftColumns } from "./create-ab-test.ts";
import type { AbTest } from "./definition.ts";
import type { Finding } from "./lint.ts";
import { parseFields } from "./parse-fields.ts";
import { type CreateAbTestInput, completeVariants, createAbTestInput } from "./schema.ts";

/**
 * What would stop or spoil a test that has not been saved yet: the same findings as its launch would have. Throws
 * `invalid_input` naming the fields where it could not even be saved; a key that is taken is an error among them.
 */
export async function checkDraft(
  ctx: Context,
  input: CreateAbTestInput,
  { isNew }: { isNew: boolean },
): Promise<Finding[]> {
  requireScope(ctx, "abtests:write");
  const fields = parseFields(createAbTestInput, input);
  const taken = await prisma().abTest.findUnique({
    where: { projectId_key: { projectId: ctx.projectId, key: fields.key } },
    select: { id: true },
  });
  const test: AbTest = {
    ...draftColumns(fields),
    // Of the saved draft where there is one, so that the test is not held against itself.
    id: taken?.id ?? newId(),
    projectId: ctx.projectId,
    key: fields.key,
    seed: fields.seed ?? fields.key,
    status: "draft",
    createdBy: ctx.actor.name,
    createdAt: now(),
    startedAt: null,
    stoppedAt: null,
    variants: completeVariants(fields.variants).map((variant) => ({ ...variant, id: newId() })),
    phases: [],
  };
  const findings = await checkLaunch(ctx, test);
  if (!isNew || !taken) return findings;
  return [
    {
      level: "error",
      field: "key",
      message: `There is already an A/B test "${fields.key}". Choose another key.`,
    },
    ...findings,
  ];
}
