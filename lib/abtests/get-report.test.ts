import { beforeAll, expect, test } from "vitest";
import { setClock } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { randomStream } from "#lib/stats/random.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { type Call, draftInput, insertCalls } from "./abtest.fixture.ts";
import { assignUnit } from "./assign-unit.ts";
import { createAbTest } from "./create-ab-test.ts";
import type { AbTest } from "./definition.ts";
import { evidenceFile, recomputeVerdict } from "./evidence-file.ts";
import { getEvidence } from "./get-evidence.ts";
import { getReport, type Report } from "./get-report.ts";
import { promoteWinner } from "./promote-winner.ts";
import { listDecisions } from "./queries.ts";
import { startAbTest } from "./start-ab-test.ts";
import { foldPending } from "./store/fold-pending.ts";

useDatabase();

let ctx: Context;
let abTest: AbTest;
let report: Report;

beforeAll(async () => {
  ({ ctx } = await makeProject());
  await createAbTest(ctx, await draftInput(ctx));
  abTest = await startAbTest(ctx, "greeting-tone");
  await insertCalls(ctx, abTest, await traffic(ctx, 1200));
  report = await getReport(ctx, "greeting-tone");
});

test("units, traces, error rate, cost and score means equal a separate query over the raw spans", async () => {
  for (const variant of report.variants) {
    const [raw] = await sql()`
      select count(distinct s.unit_id) as units, count(distinct s.trace_id) as traces,
        avg((s.status = 'error')::int)::float8 as error_rate, avg(s.cost_usd)::float8 as cost,
        sum(s.cost_usd) / count(distinct s.unit_id) as cost_per_unit,
        percentile_cont(.5) within group (order by s.duration_us) / 1e3 as p50,
        percentile_cont(.95) within group (order by s.duration_us) / 1e3 as p95,
        avg(c.numeric_value)::float8 as helpful, count(c.numeric_value) as scored
      from spans s left join scores c on c.trace_id = s.trace_id and c.name = 'helpful'
      where s.ab_test_id = ${abTest.id} and s.variant_key = ${variant.variantKey}`;
    const shown = Object.fromEntries(variant.metrics.map((metric) => [metric.id, metric]));
    expect(variant.units).toBe(raw!.units);
    expect(variant.traces).toBe(raw!.traces);
    expect(shown.error_rate!.value).toBeCloseTo(raw!.error_rate, 10);
    expect(shown.cost_usd!.value).toBeCloseTo(raw!.cost, 12);
    expect(shown["cost_usd.per_unit"]!.value).toBeCloseTo(raw!.cost_per_unit, 12);
    expect(shown["score:helpful"]!.value).toBeCloseTo(raw!.helpful, 10);
    expect(shown["score:helpful"]!.observations).toBe(raw!.scored);
    // Histograms hold buckets of 2 %.
    expect(shown["latency_ms.p50"]!.value! / raw!.p50).toBeCloseTo(1, 1);
    expect(Math.abs(shown["latency_ms.p95"]!.value! / raw!.p95 - 1)).toBeLessThan(0.02);
    expect(shown["score:helpful"]!.lower!).toBeLessThan(raw!.helpful);
    expect(shown["score:helpful"]!.upper!).toBeGreaterThan(raw!.helpful);
  }
});

test("the standard error is that of units, not of traces, as a separate query over unit totals gives it", async () => {
  const helpful = report.metrics.find((metric) => metric.id === "score:helpful")!;
  for (const arm of helpful.arms) {
    const [raw] = await sql()`
      with units as (
        select s.unit_id, count(*)::float8 as n, sum(c.numeric_value) as s
        from spans s join scores c on c.trace_id = s.trace_id
        where s.ab_test_id = ${abTest.id} and s.variant_key = ${arm.variantKey} group by s.unit_id),
      ratio as (select sum(s) / sum(n) as r, sum(n) as n, count(*)::float8 as k from units)
      select sqrt(k / (k - 1) * (select sum((units.s - r * units.n) ^ 2) from units) / n ^ 2) as se from ratio`;
    expect(arm.standardError).toBeCloseTo(raw!.se, 10);
  }
});

test("the difference is B minus A, and the verdict claims it only with its interval on one side", () => {
  const helpful = report.metrics.find((metric) => metric.id === "score:helpful")!;
  const [a, b] = helpful.arms;
  const { estimate, state } = helpful.comparisons[0]!;
  expect(estimate!.difference).toBeCloseTo(b!.value! - a!.value!, 12);
  expect(state).toBe("better");
  expect(estimate!.lower).toBeGreaterThan(0);
  expect(report.verdict).toMatchObject({
    state: "ship_ready",
    recommendation: { action: "promote", variantKey: "B" },
  });
  expect(report.health.level).toBe("ok");
});

test("the evidence file alone gives the same verdict, and a file that was changed does not", async () => {
  const file = evidenceFile.parse(JSON.parse(JSON.stringify(await getEvidence(ctx, "greeting-tone"))));
  expect(file.verdict.sentence).toBe(report.verdict.sentence);
  expect(recomputeVerdict(file)).toMatchObject({ isSame: true, verdict: { ...report.verdict } });
  for (const arm of file.cells.arms) arm.measures["score:helpful"]!.s *= 0.9;
  expect(recomputeVerdict(file).isSame).toBe(false);
});

test("each hour keeps one look, which the report shows as history", async () => {
  const { history } = await getReport(ctx, "greeting-tone");
  const line = history.metrics.find(({ id }) => id === "score:helpful")!;
  const { estimate } = report.metrics.find(({ id }) => id === "score:helpful")!.comparisons[0]!;
  expect(line.points).toHaveLength(1);
  expect(line.points[0]).toMatchObject({
    difference: estimate!.difference,
    lower: estimate!.lower,
    state: "better",
  });
  expect(history.split).toHaveLength(1);
  const restore = setClock(() => Date.now() + 3_600_000);
  const later = await getReport(ctx, "greeting-tone");
  restore();
  expect(later.history.split).toHaveLength(2);
});

test("scales without a pre-period are frozen by the first look and stay", async () => {
  const frozen = report.test.design.frozen;
  expect(frozen["latency_ms.p95"]).toMatchObject({ source: "burn_in" });
  expect(frozen["score:helpful"]).toMatchObject({ source: "given", mde: 0.1 });
  const { ctx: other } = await makeProject();
  await createAbTest(other, await draftInput(other));
  const second = await startAbTest(other, "greeting-tone");
  await insertCalls(other, second, await traffic(other, 600));
  while (!(await foldPending({ budgetMs: 10_000 })).isDone);
  const looks = await Promise.all([1, 2, 3, 4].map(() => getReport(other, "greeting-tone")));
  const first = looks[0]!.test.design.frozen;
  await insertCalls(other, second, await traffic(other, 400, 9));
  const later = await getReport(other, "greeting-tone");
  expect(later.test.design.frozen).toEqual(first);
  const log = await listDecisions(other, second.id);
  expect(log.filter((entry) => entry.kind === "scales_frozen")).toHaveLength(1);
  expect(log.filter((entry) => entry.kind === "verdict_changed").length).toBeLessThanOrEqual(2);
});

test("a unit counts where it was first exposed, whatever served it later", async () => {
  const { ctx: other } = await makeProject();
  await createAbTest(other, await draftInput(other));
  const test = await startAbTest(other, "greeting-tone");
  const { variantKey } = await assignUnit(other, "greeting-tone", "ada");
  const served = variantKey === "A" ? "B" : "A";
  const at = new Date();
  await insertCalls(other, test, [
    { unitId: "ada", variantKey: served, at, durationMs: 10, costUsd: 0.1 },
    { unitId: "bob", variantKey: "B", at, durationMs: 10, costUsd: 0.1 },
    { unitId: null, variantKey: "B", at, durationMs: 10, costUsd: 0.1 },
    { unitId: "eve", variantKey: "Z", at, durationMs: 10, costUsd: 0.1 },
  ]);
  const { variants, health } = await getReport(other, "greeting-tone");
  const unitsOf = Object.fromEntries(variants.map((variant) => [variant.variantKey, variant.units]));
  expect(unitsOf).toEqual(variantKey === "A" ? { A: 1, B: 1 } : { A: 0, B: 2 });
  expect(health.multiplyExposedUnits).toBe(1);
  expect(health.strayTraces).toBe(2);
});

test("calls of one trace are one observation: costs add up, one failure fails it", async () => {
  const { ctx: other } = await makeProject();
  await createAbTest(other, await draftInput(other));
  const test = await startAbTest(other, "greeting-tone");
  const traceId = newTraceId();
  const at = new Date();
  const call = { unitId: "ada", variantKey: "A", durationMs: 100, costUsd: 0.25, traceId };
  await insertCalls(other, test, [
    { ...call, at, isError: true },
    { ...call, at: new Date(at.getTime() + 50) },
  ]);
  const { sums } = await getReport(other, "greeting-tone");
  expect(sums[0]).toMatchObject({ variantKey: "A", units: 1, traces: 1 });
  expect(sums[0]!.measures.cost_usd!.s).toBeCloseTo(0.5, 12);
  expect(sums[0]!.measures.error_rate!.s).toBe(1);
  expect(sums[0]!.measures.latency_ms!.s).toBeCloseTo(150, 6);
});

test("the winner's label moves with its evidence, its deployments follow, and everybody gets the winner", async () => {
  const deploymentId = newTraceId().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  await prisma().deployment.create({
    data: { id: deploymentId, projectId: ctx.projectId, name: "greeter", abTestId: abTest.id },
  });
  await expect(
    promoteWinner(ctx, { key: "greeting-tone", variantKey: "A", label: "production", reason: "I like A" }),
  ).rejects.toMatchObject({ code: "conflict", issues: [{ path: "againstVerdictReason" }] });
  const promoted = await promoteWinner(ctx, {
    key: "greeting-tone",
    variantKey: "B",
    label: "production",
    reason: "It helps more.",
  });
  expect(promoted).toMatchObject({
    promptName: "greeting",
    fromVersion: null,
    toVersion: 2,
    deployments: ["greeter"],
    isAgainstVerdict: false,
    abTest: { status: "concluded" },
  });
  const promotions = await prisma().promotion.findMany({ where: { projectId: ctx.projectId } });
  expect(promotions.map((row) => row.subject).sort()).toEqual(["deployment", "model_stage", "prompt_label"]);
  expect(promotions[0]!.evidence).toMatchObject({ variantKey: "B", verdict: { state: "ship_ready" } });
  const deployment = await prisma().deployment.findUniqueOrThrow({ where: { id: deploymentId } });
  expect(deployment).toMatchObject({ abTestId: null, promptLabel: "production" });
  expect(await assignUnit(ctx, "greeting-tone", "new-user")).toMatchObject({
    variantKey: "B",
    isInTest: false,
  });
  const actions = await prisma().auditEvent.findMany({ where: { projectId: ctx.projectId } });
  expect(actions.map((row) => row.action)).toEqual(
    expect.arrayContaining([
      "ab_test.created",
      "ab_test.started",
      "label.moved",
      "deployment.promoted",
      "ab_test.promoted",
    ]),
  );
  const log = await listDecisions(ctx, abTest.id);
  expect(log.map((entry) => entry.kind)).toEqual([
    "created",
    "started",
    "scales_frozen",
    "verdict_changed",
    "promoted",
  ]);
});

/** B helps 15 points more; both cost and last the same. Some units come through assignUnit, as the gateway's do. */
async function traffic(owner: Context, units: number, seed = 7): Promise<Call[]> {
  const random = randomStream(seed);
  const at = Date.now() + 1;
  const calls: Call[] = [];
  for (let i = 0; i < units; i++) {
    const unitId = `user-${seed}-${i}`;
    const { variantKey } = await assignUnit(owner, "greeting-tone", unitId);
    const taste = 0.15 * random.normal();
    for (let j = 0; j <= random.integer(4); j++) {
      const isError = random.bernoulli(0.04) === 1;
      calls.push({
        unitId,
        variantKey,
        at: new Date(at + j),
        durationMs: 400 * Math.exp(0.4 * random.normal()),
        costUsd: 0.001 * (1 + random.uniform()),
        isError,
        score: isError ? undefined : random.bernoulli((variantKey === "B" ? 0.7 : 0.55) + taste),
      });
    }
  }
  return calls;
}
