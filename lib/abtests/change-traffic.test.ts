import { beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { draftInput } from "./abtest.fixture.ts";
import { amendAbTest } from "./amend-ab-test.ts";
import { assignUnit } from "./assign-unit.ts";
import { changeTraffic } from "./change-traffic.ts";
import { checkLaunch } from "./check-launch.ts";
import { createAbTest } from "./create-ab-test.ts";
import { getReport } from "./get-report.ts";
import { pauseAbTest } from "./pause-ab-test.ts";
import { findAbTest, listDecisions } from "./queries.ts";
import { startAbTest } from "./start-ab-test.ts";
import { sendUnits } from "./traffic.fixture.ts";

useDatabase();

const key = "greeting-tone";
let ctx: Context;

beforeEach(async () => {
  ({ ctx } = await makeProject());
});

const units = Array.from({ length: 200 }, (_, i) => `unit-${i}`);

async function assignAll() {
  const variantOf = new Map<string, string | null>();
  for (const unit of units) {
    const { variantKey, isInTest } = await assignUnit(ctx, key, unit);
    variantOf.set(unit, isInTest ? variantKey : null);
  }
  return variantOf;
}

test("a ramp only adds units, in the same phase", async () => {
  await createAbTest(ctx, await draftInput(ctx, { coverage: 0.3 }));
  await startAbTest(ctx, key);
  const before = await assignAll();
  const ramped = await changeTraffic(ctx, key, { coverage: 0.9, reason: "No harm in two days" });
  expect(ramped.phases).toMatchObject([{ number: 1, coverage: 0.9, endedAt: null }]);
  const after = await assignAll();
  for (const [unit, variant] of before) if (variant) expect(after.get(unit)).toBe(variant);
  const count = (map: Map<string, string | null>) => [...map.values()].filter(Boolean).length;
  expect(count(after)).toBeGreaterThan(count(before) + 50);
  await expect(changeTraffic(ctx, key, { coverage: 0.5, reason: "Less" })).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "coverage" }],
  });
});

test("other weights begin a new phase; whoever is in stays, and phase, propensity and hash are kept with each", async () => {
  await createAbTest(ctx, await draftInput(ctx));
  await startAbTest(ctx, key);
  const before = await assignAll();
  const changed = await changeTraffic(ctx, key, { weights: { A: 0.1, B: 0.9 }, reason: "B looks safe" });
  expect(changed.phases).toMatchObject([
    { number: 1, weights: { A: 0.5, B: 0.5 }, endedAt: expect.any(Date) },
    { number: 2, weights: { A: 0.1, B: 0.9 }, endedAt: null },
  ]);
  expect(await assignAll()).toEqual(before);
  await sendUnits(ctx, key, { units: 400, helpful: { A: 0.5, B: 0.5 } });
  const rows = await prisma().$queryRaw<
    { phase: number; n: number; b: number; propensities: number[]; hash_version: number }[]
  >`
    select phase, count(*)::int as n, count(*) filter (where variant_key = 'B')::int as b,
      min(propensities) as propensities, min(hash_version)::int as hash_version
    from ab_unit where project_id = ${ctx.projectId}::uuid group by phase order by phase`;
  expect(rows).toMatchObject([
    { phase: 1, n: 200, hash_version: 3 },
    { phase: 2, n: 400, hash_version: 3 },
  ]);
  expect(rows[1]!.propensities[1]).toBeCloseTo(0.9, 6);
  expect(rows[1]!.b).toBeGreaterThan(330);
  // Each phase is held to its own weights: the split is as designed.
  expect((await getReport(ctx, key)).health.splitLevel).toBe("ok");
});

test.each<{ weights: Record<string, number>; says: string }>([
  { weights: { A: 0.5, B: 0.4 }, says: "add up to 0.9" },
  { weights: { A: 1 }, says: "B has none" },
  { weights: { A: 0.5, B: 0.4, C: 0.1 }, says: "no variant C" },
  { weights: { A: 0.5, B: 0.5 }, says: "Nothing changes" },
])("weights $weights are refused: $says", async ({ weights, says }) => {
  await createAbTest(ctx, await draftInput(ctx));
  await startAbTest(ctx, key);
  await expect(changeTraffic(ctx, key, { weights, reason: "Try" })).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(says),
    issues: [{ path: "weights" }],
  });
  expect((await findAbTest(ctx, key)).phases).toHaveLength(1);
});

test("a paused test serves the control to all, and each unit its own variant when it goes on", async () => {
  await createAbTest(ctx, await draftInput(ctx));
  await startAbTest(ctx, key);
  const before = await assignAll();
  await pauseAbTest(ctx, key, "Kill");
  for (const unit of units.slice(0, 20))
    expect(await assignUnit(ctx, key, unit)).toMatchObject({ variantKey: "A", isInTest: false });
  await startAbTest(ctx, key);
  expect(await assignAll()).toEqual(before);
});

test("amendments after the launch are kept with what was there before; what decides stays frozen", async () => {
  await createAbTest(ctx, await draftInput(ctx));
  await expect(amendAbTest(ctx, key, { name: "New", reason: "x" })).rejects.toMatchObject({
    code: "conflict",
  });
  const { metrics } = await startAbTest(ctx, key);
  const amended = await amendAbTest(ctx, key, {
    hypothesis: "Warmth matters",
    maximumDays: 40,
    policy: { onHarm: "pause", promotion: { mode: "approval" } },
    exploratory: [{ metric: "output_tokens" }],
    reason: "Holidays",
  });
  expect(amended.metrics.success).toEqual(metrics.success);
  expect(amended.metrics.exploratory.at(-1)).toEqual({ metric: "output_tokens" });
  const log = await listDecisions(ctx, amended.id);
  expect(log.at(-1)).toMatchObject({
    kind: "amended",
    note: "Holidays",
    evidence: {
      amendments: [
        { field: "hypothesis", before: "A warmer greeting helps more.", after: "Warmth matters" },
        { field: "maximumDays", before: 28, after: 40 },
        { field: "policy.promotion", after: { mode: "approval" } },
        { field: "policy.onHarm", before: "tell", after: "pause" },
        { field: "metrics.exploratory" },
      ],
    },
  });
  await expect(
    amendAbTest(ctx, key, { exploratory: [{ metric: "score:helpful" }], reason: "Again" }),
  ).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining("chosen twice") });
});

test("a test whose prompt version was deleted is not started, and says which variant and what to do", async () => {
  const test = await createAbTest(ctx, await draftInput(ctx));
  await prisma().promptVersion.delete({ where: { id: test.variants[1]!.promptVersionId } });
  const findings = await checkLaunch(ctx, test);
  expect(findings[0]).toEqual({
    level: "error",
    field: "variants.1.promptVersionId",
    message: "The prompt version of variant B has been deleted. Choose another one in the draft.",
  });
  await expect(startAbTest(ctx, key, { acceptsWarnings: true })).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "variants.1.promptVersionId" }],
  });
});

test("overlapping ranges of one namespace are refused at the start, and when a paused test goes on", async () => {
  const input = await draftInput(ctx, {
    assignment: { namespace: { name: "checkout", start: 0, end: 0.5 } },
  });
  await createAbTest(ctx, input);
  const other = {
    ...input,
    key: "other",
    assignment: { namespace: { name: "checkout", start: 0.4, end: 1 } },
  };
  await createAbTest(ctx, other);
  await startAbTest(ctx, key);
  await expect(startAbTest(ctx, "other")).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "assignment.namespace" }],
  });
  await pauseAbTest(ctx, key);
  await startAbTest(ctx, "other");
  await expect(startAbTest(ctx, key)).rejects.toMatchObject({ issues: [{ path: "assignment.namespace" }] });
});
