import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { canonicalJson, type JsonObject } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";
import type { AbTest } from "./definition.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { parseFields } from "./parse-fields.ts";
import { loadAbTest, lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import { type AmendInput, amendInput, metricsSchema } from "./schema.ts";

/** One field of the design that was changed after the launch. */
export type Amendment = { field: string; before: unknown; after: unknown };

/**
 * Changes what may be changed after the launch: the words, the longest duration, what happens by itself, and more
 * exploratory metrics. What the numbers are judged by stays frozen. Each amendment is in the decision log with what
 * it was before. `conflict` for a draft (edit that) and for a test that has ended.
 */
export async function amendAbTest(ctx: Context, key: string, input: AmendInput): Promise<AbTest> {
  requireScope(ctx, "abtests:write");
  const { reason, ...fields } = parseFields(amendInput, input);
  const amended = await prisma().$transaction(async (tx) => {
    const before = await lockAbTest(tx, ctx.projectId, key);
    if (before.status !== "running" && before.status !== "paused")
      throw new AppError(
        "conflict",
        before.status === "draft"
          ? `"${key}" is a draft: edit it instead.`
          : `"${key}" is ${before.status}: its design is history.`,
      );
    const after = {
      name: fields.name ?? before.name,
      hypothesis: fields.hypothesis ?? before.hypothesis,
      design: { ...before.design, maximumDays: fields.maximumDays ?? before.design.maximumDays },
      policy: { ...before.policy, ...fields.policy },
      metrics: withExploratory(before, fields.exploratory ?? []),
    };
    if (after.design.maximumDays < before.design.minimumDays)
      throw new AppError("invalid_input", "The longest duration must not be shorter than the shortest.", {
        issues: [{ path: "maximumDays", message: `At least ${before.design.minimumDays} days.` }],
      });
    const amendments = differences(before, after);
    if (amendments.length === 0)
      throw new AppError("invalid_input", "Nothing changes: the test is like this already.");
    await tx.abTest.update({ where: { id: before.id }, data: after });
    await recordDecision(tx, ctx, {
      abTestId: before.id,
      kind: "amended",
      note: reason,
      evidence: { amendments },
    });
    const shown = (pick: "before" | "after") =>
      Object.fromEntries(amendments.map((each) => [each.field, each[pick]])) as JsonObject;
    await recordAudit(tx, ctx, {
      action: "ab_test.amended",
      subjectType: "ab_test",
      subjectId: before.id,
      subjectName: key,
      before: shown("before"),
      after: shown("after"),
      reason,
    });
    return loadAbTest(ctx.projectId, key, tx);
  });
  forgetDefinition(ctx.projectId, key);
  return amended;
}

type Amended = Pick<AbTest, "name" | "hypothesis" | "design" | "policy" | "metrics">;

function differences(before: Amended, after: Amended): Amendment[] {
  const parts = (test: Amended): Record<string, unknown> => ({
    name: test.name,
    hypothesis: test.hypothesis,
    maximumDays: test.design.maximumDays,
    "policy.promotion": test.policy.promotion,
    "policy.onHarm": test.policy.onHarm,
    "metrics.exploratory": test.metrics.exploratory.map((choice) => choice.metric),
  });
  const [was, is] = [parts(before), parts(after)];
  return Object.keys(is)
    .filter((field) => canonicalJson(was[field]) !== canonicalJson(is[field]))
    .map((field) => ({ field, before: was[field], after: is[field] }));
}

function withExploratory(test: AbTest, more: AbTest["metrics"]["exploratory"]): AbTest["metrics"] {
  const known = new Set(test.metrics.exploratory.map((choice) => choice.metric));
  const added = more.filter((choice) => !known.has(choice.metric));
  return parseFields(metricsSchema, {
    ...test.metrics,
    exploratory: [...test.metrics.exploratory, ...added],
  });
}
