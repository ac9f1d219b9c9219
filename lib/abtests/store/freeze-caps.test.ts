import { expect, test } from "vitest";
import { sql } from "#lib/db/postgres.ts";
import { randomStream } from "#lib/stats/random.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { type Call, draftInput, insertCalls } from "../abtest.fixture.ts";
import { createAbTest } from "../create-ab-test.ts";
import { getReport } from "../get-report.ts";
import { startAbTest } from "../start-ab-test.ts";
import { foldPending, rebuildTest } from "./fold-pending.ts";
import { readCells } from "./read-cells.ts";

useDatabase();

test("outliers of cost are cut down to a limit found once, in old units and new, in a rebuild too", async () => {
  const { ctx } = await makeProject();
  const metrics = { success: [{ metric: "cost_usd", mde: { kind: "absolute" as const, value: 0.01 } }] };
  await createAbTest(ctx, await draftInput(ctx, { metrics }));
  const abTest = await startAbTest(ctx, "greeting-tone");
  const random = randomStream(2);
  const calls = (from: number, to: number): Call[] =>
    Array.from({ length: to - from }, (_, i) => ({
      unitId: `user-${from + i}`,
      variantKey: (from + i) % 2 === 0 ? "A" : "B",
      at: new Date(),
      durationMs: 10,
      costUsd: i === 7 ? 1000 : 0.01 * Math.exp(random.normal()),
    }));
  await insertCalls(ctx, abTest, calls(0, 1500));
  const report = await getReport(ctx, "greeting-tone");
  const cost = report.metrics[0]!;
  const { limit, whole } = cost.winsorized!;
  expect(limit).toBeLessThan(1);
  expect(cost.arms.some((arm) => arm.value! > 1)).toBe(true);
  expect(Math.abs(cost.comparisons[0]!.estimate!.difference)).toBeLessThan(0.01);
  expect(Math.abs(whole[0]!.difference)).toBeGreaterThan(0.5);

  await insertCalls(ctx, abTest, calls(1500, 1600));
  while (!(await foldPending({ budgetMs: 10_000 })).isDone);
  const cells = await readCells(abTest.id);
  expect(cells.caps!.cost_usd).toBe(limit);
  const [direct] = await sql()`
    select sum(least(s, ${limit}))::float8 as s, count(*) as k from (
      select unit_id, sum(cost_usd) as s from spans where ab_test_id = ${abTest.id} and variant_key = 'B' group by 1) units`;
  const sums = cells.arms.find((arm) => arm.variantKey === "B")!.measures.get("capped:cost_usd")!.sums;
  expect(sums.k).toBe(direct!.k);
  expect(sums.s).toBeCloseTo(direct!.s, 9);
  const before = await sql()`select * from ab_cell where ab_test_id = ${abTest.id} order by 2, 3, 4, 5, 6`;
  await rebuildTest(abTest.id);
  const after = await sql()`select * from ab_cell where ab_test_id = ${abTest.id} order by 2, 3, 4, 5, 6`;
  const numbers = (rows: readonly Record<string, unknown>[]) =>
    rows.map(({ measure, dimension, level, k, n, s, ss }) => [
      dimension,
      level,
      measure,
      ...[k, n, s, ss].map(Number),
    ]);
  expect(numbers(after)).toEqual(numbers(before));
});
