import { expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { randomStream } from "#lib/stats/random.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { type Call, draftInput, insertCalls } from "./abtest.fixture.ts";
import { createAbTest } from "./create-ab-test.ts";
import { getReport } from "./get-report.ts";
import type { CreateAbTestInput } from "./schema.ts";
import { startAbTest } from "./start-ab-test.ts";
import { rebuildTest } from "./store/fold-pending.ts";

useDatabase();

const key = "greeting-tone";

test("what users cost before takes noise out of what they cost now, and a rebuild keeps it", async () => {
  const { ctx, report } = await reportWithPasts({ lean: 0 });
  const cost = report.metrics.find((metric) => metric.id === "cost_usd")!;
  expect(cost.adjustment).toMatchObject({ isDropped: false });
  expect(cost.adjustment!.varianceReduction!).toBeGreaterThan(0.5);
  const { standardError, difference } = cost.comparisons[0]!.estimate!;
  const [a, b] = cost.arms;
  expect(standardError!).toBeLessThan(0.75 * Math.hypot(a!.standardError!, b!.standardError!));
  expect(difference).toBeCloseTo(0.001, 3);
  await rebuildTest(report.test.id);
  const again = await getReport(ctx, key);
  expect(again.metrics.find((metric) => metric.id === "cost_usd")).toEqual(cost);
});

test("a past in which the arms already differed is dropped", async () => {
  const { report } = await reportWithPasts({ lean: 0.01 });
  const cost = report.metrics.find((metric) => metric.id === "cost_usd")!;
  expect(cost.adjustment).toMatchObject({ isDropped: true, theta: null });
  const [a, b] = cost.arms;
  expect(cost.comparisons[0]!.estimate!.difference).toBeCloseTo(b!.value! - a!.value!, 12);
});

test("a design without adjustment reads no past", async () => {
  const { report } = await reportWithPasts({ lean: 0, design: { adjustment: "none" } });
  expect(report.metrics.find((metric) => metric.id === "cost_usd")!.adjustment).toBeNull();
});

/** 300 users in each arm, whose cost is mostly a habit; B costs 0.001 more, and did so by `lean` before. */
async function reportWithPasts(options: { lean: number; design?: CreateAbTestInput["design"] }) {
  const { ctx } = await makeProject();
  const metrics = { success: [{ metric: "cost_usd", mde: { kind: "absolute" as const, value: 0.001 } }] };
  const draft = await draftInput(ctx, { metrics });
  await createAbTest(ctx, { ...draft, design: { ...draft.design, ...options.design } });
  const abTest = await startAbTest(ctx, key);
  const random = randomStream(17);
  const at = new Date();
  const users = Array.from({ length: 600 }, (_, i) => ({
    unitId: `user-${i}`,
    variantKey: i % 2 === 0 ? "A" : "B",
    habit: 0.02 + 0.005 * random.normal(),
  }));
  const calls = users.map(
    ({ unitId, variantKey, habit }): Call => ({
      unitId,
      variantKey,
      at,
      durationMs: 10,
      costUsd: habit + (variantKey === "B" ? 0.001 : 0) + 0.001 * random.normal(),
    }),
  );
  await insertPast(
    ctx,
    users.map(({ unitId, variantKey, habit }) => ({
      unitId,
      costUsd: habit + (variantKey === "B" ? options.lean : 0) + 0.001 * random.normal(),
    })),
  );
  await insertCalls(ctx, abTest, calls);
  return { ctx, report: await getReport(ctx, key) };
}

async function insertPast(ctx: Context, pasts: { unitId: string; costUsd: number }[]): Promise<void> {
  const db = sql();
  const rows = pasts.map(({ unitId, costUsd }) => ({
    project_id: ctx.projectId,
    trace_id: newTraceId(),
    start_time: new Date(Date.now() - 3 * 86_400_000),
    duration_us: 1000,
    cost_usd: costUsd,
    mapping_version: 1,
    is_model_call: true,
    span_id: Buffer.from(newTraceId().slice(0, 16), "hex"),
    name: "chat",
    kind: "client",
    operation: "chat",
    status: "ok",
    usage_source: "reported",
    cost_source: "computed",
    user_id: unitId,
    dialect: "test",
  }));
  await db`insert into spans ${db(rows)}`;
}
