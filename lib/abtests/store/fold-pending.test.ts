import fc from "fast-check";
import { expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import { recordScore } from "#lib/scores/record-score.ts";
import { bucketOf } from "#lib/stats/log-histogram.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { deleteTraces } from "#lib/traces/store/delete-traces.ts";
import { applyRetention } from "#lib/traces/store/retention.ts";
import { draftInput } from "../abtest.fixture.ts";
import { assignUnit } from "../assign-unit.ts";
import { createAbTest } from "../create-ab-test.ts";
import type { AbTest } from "../definition.ts";
import { loadAbTest } from "../queries.ts";
import { startAbTest } from "../start-ab-test.ts";
import { stopAbTest } from "../stop-ab-test.ts";
import { foldPending, rebuildTest } from "./fold-pending.ts";
import { readCells } from "./read-cells.ts";

useDatabase();

const key = "greeting-tone";

type Step =
  | {
      kind: "span";
      trace: number;
      span: number;
      unit: number | null;
      variant: string;
      offsetMs: number;
      durationMs: number | null;
      isError: boolean;
      isAhead: boolean;
      tokens: number;
      release: string | null;
    }
  | {
      kind: "score";
      id: number;
      trace: number;
      name: string;
      value: number;
      source: "api" | "judge" | "person";
    }
  | { kind: "label"; id: number; trace: number; value: string }
  | { kind: "expose"; unit: number; release: string }
  | { kind: "delete"; trace: number }
  | { kind: "fold" }
  | { kind: "folds at once" };

const trace = fc.integer({ min: 0, max: 11 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("span" as const),
      trace,
      span: fc.integer({ min: 0, max: 2 }),
      unit: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 12 }),
      variant: fc.constantFrom("A", "B", "A", "B", "A", "B", "Z"),
      offsetMs: fc.integer({ min: 0, max: 5000 }),
      durationMs: fc.option(fc.integer({ min: 0, max: 3000 })),
      isError: fc.boolean(),
      isAhead: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      tokens: fc.integer({ min: 0, max: 4000 }),
      release: fc.constantFrom("1.0", "1.1", null),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("score" as const),
      id: fc.integer({ min: 0, max: 9 }),
      trace,
      name: fc.constantFrom("helpful", "short"),
      value: fc.integer({ min: -1000, max: 3000 }).map((thousandths) => thousandths / 1000),
      source: fc.constantFrom("api", "judge", "person"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("label" as const),
      id: fc.integer({ min: 10, max: 14 }),
      trace,
      value: fc.constantFrom("warm", "cold"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("expose" as const),
      unit: fc.integer({ min: 0, max: 6 }),
      release: fc.constantFrom("1.0", "2.0"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), trace }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "fold" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "folds at once" }) },
);

test("whatever the order, number and lateness of events, the cells are those of a rebuild, and of the raw rows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.boolean(),
      async (steps, isStopped) => {
        const { ctx, abTest } = await startedTest();
        const history = new History(ctx);
        for (const each of steps) await history.take(each);
        if (isStopped) {
          await stopAbTest(ctx, key);
          await history.take(steps[0]!);
        }
        await foldAll();
        const folded = await derived(abTest.id);
        await rebuildTest(abTest.id);
        expect(await derived(abTest.id)).toEqual(folded);
        await expectSumsOfRaw(ctx, abTest);
      },
    ),
    { numRuns: 12, seed: 20261126, endOnFailure: true },
  );
}, 120_000);

test("writers and folders at once lose nothing", async () => {
  const { ctx, abTest } = await startedTest();
  const history = new History(ctx);
  const steps = fc.sample(step, { numRuns: 150, seed: 4 }).filter(({ kind }) => !kind.startsWith("fold"));
  const lanes = [0, 1, 2].map(async (lane) => {
    for (const [i, each] of steps.entries()) if (i % 3 === lane) await history.take(each);
  });
  let isWriting = true;
  const folders = [0, 1].map(async () => {
    while (isWriting) await foldPending({ budgetMs: 0 });
  });
  await Promise.all(lanes);
  isWriting = false;
  await Promise.all(folders);
  await foldAll();
  const folded = await derived(abTest.id);
  await rebuildTest(abTest.id);
  expect(await derived(abTest.id)).toEqual(folded);
  await expectSumsOfRaw(ctx, abTest);
});

test("a span completed by a second batch and a score that comes days later change the sums in place", async () => {
  const { ctx, abTest } = await startedTest();
  const history = new History(ctx);
  const call = {
    kind: "span",
    trace: 0,
    span: 0,
    unit: 1,
    variant: "A",
    offsetMs: 0,
    isError: false,
  } as const;
  const rest = { isAhead: false, tokens: 10, release: null };
  await history.take({ ...call, ...rest, durationMs: null });
  await foldAll();
  expect((await readCells(abTest.id)).arms[0]!.measures.get("latency_ms")).toBeUndefined();
  await history.take({ ...call, ...rest, durationMs: 700 });
  await foldAll();
  await history.take({ kind: "score", id: 0, trace: 0, name: "helpful", value: 0.5, source: "api" });
  await foldAll();
  await history.take({ kind: "score", id: 0, trace: 0, name: "helpful", value: 0.75, source: "api" });
  await foldAll();
  const [arm] = (await readCells(abTest.id)).arms;
  expect(arm).toMatchObject({ units: 1, traces: 1 });
  expect(arm!.measures.get("latency_ms")!.sums).toMatchObject({ k: 1, n: 1, s: 700 });
  expect(arm!.measures.get("score:helpful")!.sums).toMatchObject({ k: 1, n: 1, s: 0.75 });
});

test("a clock a day ahead, a unit of 10 kB and an unknown variant are counted as strays, not in an arm", async () => {
  const { ctx, abTest } = await startedTest();
  const history = new History(ctx);
  const call = {
    kind: "span",
    span: 0,
    unit: 1,
    offsetMs: 0,
    durationMs: 5,
    isError: false,
    tokens: 1,
    release: null,
  } as const;
  await history.take({ ...call, trace: 0, variant: "A", isAhead: true });
  await history.take({ ...call, trace: 1, variant: "Z", isAhead: false });
  await history.take({ ...call, trace: 2, variant: "B", isAhead: false });
  await sql()`update spans set unit_id = repeat('x', 10000) where project_id = ${ctx.projectId} and variant_key = 'B'`;
  await foldAll();
  const cells = await readCells(abTest.id);
  expect(cells.arms).toEqual([]);
  expect(cells.strays.map(({ reason, traces }) => [reason, traces]).sort()).toEqual([
    ["clock_ahead", 1],
    ["no_unit", 1],
    ["unknown_variant", 1],
  ]);
});

test("a score too small or too large for any sum leaves the report readable", async () => {
  const { ctx, abTest } = await startedTest();
  const history = new History(ctx);
  const call = {
    kind: "span",
    span: 0,
    unit: 1,
    offsetMs: 0,
    durationMs: 5,
    isError: false,
    tokens: 1,
    release: null,
  } as const;
  for (const [i, value] of [1e-200, 1e300, 0.25].entries()) {
    await history.take({ ...call, trace: i, variant: "A", isAhead: false });
    await history.take({ kind: "score", id: i, trace: i, name: "helpful", value, source: "api" });
  }
  await foldAll();
  const [arm] = (await readCells(abTest.id)).arms;
  expect(arm!.measures.get("score:helpful")!.sums).toMatchObject({ k: 1, n: 2, s: 0.25 });
});

test("what retention deletes leaves the sums of a running test, and stays in those of a finished one", async () => {
  for (const isFinished of [false, true]) {
    const { ctx, abTest } = await startedTest();
    const history = new History(ctx);
    const call = {
      kind: "span",
      span: 0,
      offsetMs: 0,
      durationMs: 5,
      isError: false,
      isAhead: false,
      tokens: 1,
      release: null,
    } as const;
    await history.take({ ...call, trace: 0, unit: 1, variant: "A" });
    if (isFinished) await stopAbTest(ctx, key);
    await foldAll();
    await sql()`update project set retention_days = 1 where id = ${ctx.projectId}`;
    await applyRetention(new Date(Date.now() + 3 * 86_400_000));
    await foldAll();
    const { arms } = await readCells(abTest.id);
    expect(arms.map(({ units }) => units)).toEqual(isFinished ? [1] : []);
  }
});

test("the first twenty levels of a dimension have their own cells, the rest are one, whatever a rebuild finds first", async () => {
  const { ctx, abTest } = await startedTest();
  for (let i = 0; i < 23; i++) await assignUnit(ctx, key, `unit-${i}`, { release: `r${i}` });
  await foldAll();
  const levels = async () =>
    (await readCells(abTest.id)).segments
      .map(({ level, arms }) => [level, arms.reduce((sum, arm) => sum + arm.units, 0)])
      .sort();
  const found = await levels();
  expect(found).toHaveLength(21);
  expect(found.find(([level]) => level === null)).toEqual([null, 3]);
  await rebuildTest(abTest.id);
  expect(await levels()).toEqual(found);
});

async function startedTest(): Promise<{ ctx: Context; abTest: AbTest }> {
  const { ctx } = await makeProject();
  const draft = await draftInput(ctx);
  const custom = {
    name: "long_answers",
    where: [],
    aggregate: { kind: "sum" as const, field: "output_tokens" as const },
  };
  const exploratory = [{ metric: "custom:long_answers" }, { metric: "score:helpful>=0.5" }];
  await createAbTest(ctx, { ...draft, metrics: { ...draft.metrics, exploratory, custom: [custom] } });
  return { ctx, abTest: await startAbTest(ctx, key) };
}

async function foldAll(): Promise<void> {
  while (!(await foldPending({ budgetMs: 10_000 })).isDone);
}

/** Carries out steps against the product's own doors. */
class History {
  readonly #traces = Array.from({ length: 12 }, newTraceId);
  readonly #startMs = Date.now();
  readonly #ctx: Context;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  async take(step: Step): Promise<void> {
    const ctx = this.#ctx;
    switch (step.kind) {
      case "span":
        await acceptSpans(ctx, [this.#span(step)]);
        return;
      case "score":
      case "label":
        await recordScore(ctx, {
          id: `${ctx.projectId}-${step.id}`,
          name: step.kind === "score" ? step.name : "tone",
          value: step.value,
          traceId: this.#traces[step.trace]!,
          source: step.kind === "score" ? step.source : "person",
        });
        return;
      case "expose":
        if ((await loadAbTest(ctx.projectId, key)).status === "running")
          await assignUnit(ctx, key, `unit-${step.unit}`, { release: step.release });
        return;
      case "delete":
        await deleteTraces(ctx, { traceIds: [this.#traces[step.trace]!] });
        return;
      case "fold":
        await foldPending({ budgetMs: 10_000 });
        return;
      case "folds at once":
        await Promise.all([1, 2, 3].map(() => foldPending({ budgetMs: 10_000 })));
    }
  }

  #span(step: Extract<Step, { kind: "span" }>) {
    const startMs = this.#startMs + step.offsetMs + (step.isAhead ? 86_400_000 : 0);
    const end = step.durationMs === null ? null : String(BigInt(startMs + step.durationMs) * 1_000_000n);
    return spanOfRaw(
      {
        traceId: this.#traces[step.trace]!,
        spanId: `${step.trace.toString(16).padStart(8, "0")}${(step.span + 1).toString(16).padStart(8, "0")}`,
        parentSpanId: null,
        name: "chat",
        kind: "client",
      },
      {
        resource: { "service.name": "shop", ...(step.release && { "service.version": step.release }) },
        scope: { name: "test", version: null },
        attributes: {
          "gen_ai.operation.name": "chat",
          "gen_ai.request.model": "gpt-4o-mini",
          "gen_ai.usage.input_tokens": step.tokens,
          "gen_ai.usage.output_tokens": step.tokens,
          "stemma.ab_test.key": key,
          "stemma.ab_test.variant": step.variant,
          ...(step.unit !== null && { "stemma.ab_test.unit": `unit-${step.unit}` }),
        },
        events: [],
        links: [],
        startTimeUnixNano: String(BigInt(startMs) * 1_000_000n),
        endTimeUnixNano: end,
        statusCode: step.isError ? 2 : 1,
        statusMessage: null,
      },
    );
  }
}

/** All that is derived, with numbers as PostgreSQL writes them, without the zeros that only tell of a history. */
async function derived(abTestId: string) {
  const db = sql();
  const cells = await db`
    select dimension, level, phase, variant_key, measure, trim_scale(k)::text as k, trim_scale(n)::text as n,
      trim_scale(s)::text as s, trim_scale(nn)::text as nn, trim_scale(ss)::text as ss, trim_scale(ns)::text as ns,
      trim_scale(positive)::text as positive, trim_scale(not_binary)::text as not_binary
    from ab_cell where ab_test_id = ${abTestId} order by 1, 2, 3, 4, 5`;
  const histograms = await db`
    select phase, variant_key, measure, jackknife, buckets, counts from ab_histogram
    where ab_test_id = ${abTestId} order by 1, 2, 3, 4`;
  const units = await db`
    select unit_id, variant_key, phase, first_at::text, is_multiple, segments,
      (select jsonb_object_agg(key, jsonb_build_array(value -> 0, trim_scale((value ->> 1)::numeric), value -> 2)) from jsonb_each(totals)) as totals
    from ab_counted_unit where ab_test_id = ${abTestId} order by unit_id`;
  const pasts = await db`
    select phase, variant_key, measure, trim_scale(x)::text as x, trim_scale(xx)::text as xx, trim_scale(sx)::text as sx,
      trim_scale(nx)::text as nx, trim_scale(d)::text as d, trim_scale(sd)::text as sd, trim_scale(nd)::text as nd, trim_scale(xd)::text as xd
    from ab_covariate where ab_test_id = ${abTestId} order by 1, 2, 3`;
  const strays = await db`
    select trace_id, reason from ab_stray_trace where ab_test_id = ${abTestId} order by 1, 2`;
  return {
    cells: [...cells],
    histograms: [...histograms],
    units: [...units],
    strays: [...strays],
    pasts: [...pasts],
  };
}

/** The same sums in plain arithmetic over the raw rows, written without a look at how the fold does it. */
async function expectSumsOfRaw(ctx: Context, started: AbTest): Promise<void> {
  const abTest = await loadAbTest(ctx.projectId, started.key);
  const calls = await sql()<Call[]>`
    select trace_id as trace, unit_id as unit, variant_key as variant, status, cost_usd as cost, input_tokens as input,
      extract(epoch from start_time)::float8 * 1000 as start, extract(epoch from received_at)::float8 * 1000 as received,
      duration_us / 1000.0::float8 as duration
    from spans where ab_test_id = ${abTest.id} and is_model_call order by start_time, span_id`;
  const scores = await sql()<{ trace: string; name: string; value: number; source: string }[]>`
    select trace_id as trace, name, numeric_value as value, source from scores
    where project_id = ${ctx.projectId} and numeric_value is not null`;
  const exposures = await sql()<{ unit: string; variant: string; at: Date }[]>`
    select unit_id as unit, variant_key as variant, first_exposed_at as at from ab_unit where ab_test_id = ${abTest.id}`;

  const skewMs = 600_000;
  const stopMs = abTest.stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const counted = calls.filter(
    (call) =>
      call.unit !== null &&
      "AB".includes(call.variant) &&
      call.start <= call.received + skewMs &&
      call.start >= abTest.startedAt!.getTime() - skewMs &&
      call.start <= stopMs,
  );
  const traces = [...Map.groupBy(counted, (call) => `${call.unit}/${call.trace}`).values()].map((own) => {
    const [first] = own;
    const ends = own.map((call) => call.start + (call.duration ?? 0));
    const values = scores.filter((score) => score.trace === first!.trace && score.name === "helpful");
    const costs = own.flatMap((call) => call.cost ?? []);
    return {
      unit: first!.unit!,
      first: first!,
      error_rate: own.some((call) => call.status === "error") ? 1 : 0,
      latency_ms: own.every((call) => call.duration === null) ? null : Math.max(...ends) - first!.start,
      cost_usd: costs.length > 0 ? sum(costs) : null,
      input_tokens: sum(own.map((call) => call.input)),
      "custom:long_answers": sum(own.map((call) => call.input)),
      "score:helpful>=0.5":
        values.length > 0 ? Number(sum(values.map(({ value }) => value)) / values.length >= 0.5) : null,
      "score:helpful": values.length > 0 ? sum(values.map(({ value }) => value)) / values.length : null,
    };
  });
  const unitIds = new Set([
    ...traces.map(({ unit }) => unit),
    ...exposures.filter(({ at }) => at.getTime() <= stopMs).map(({ unit }) => unit),
  ]);
  const armOf = (unit: string) =>
    exposures.find((exposure) => exposure.unit === unit)?.variant ??
    traces
      .filter((each) => each.unit === unit)
      .sort((a, b) => a.first.start - b.first.start || (a.first.trace < b.first.trace ? -1 : 1))[0]!.first
      .variant;

  const cells = await readCells(abTest.id);
  for (const variant of ["A", "B"]) {
    const arm = cells.arms.find((each) => each.variantKey === variant);
    const units = [...unitIds].filter((unit) => armOf(unit) === variant);
    expect(arm?.units ?? 0).toBe(units.length);
    for (const measure of [
      "error_rate",
      "latency_ms",
      "cost_usd",
      "input_tokens",
      "score:helpful",
    ] as const) {
      const totals = units.flatMap((unit) => {
        const values = traces.filter((each) => each.unit === unit).flatMap((each) => each[measure] ?? []);
        return values.length > 0 ? [{ n: values.length, s: sum(values) }] : [];
      });
      const cell = arm?.measures.get(measure);
      const near = (value: number | undefined, of: number) =>
        expect(Math.abs((value ?? 0) - of)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(of)));
      near(cell?.sums.k, totals.length);
      near(cell?.sums.n, sum(totals.map(({ n }) => n)));
      near(cell?.sums.s, sum(totals.map(({ s }) => s)));
      near(cell?.sums.nn, sum(totals.map(({ n }) => n * n)));
      near(cell?.sums.ss, sum(totals.map(({ s }) => s * s)));
      near(cell?.sums.ns, sum(totals.map(({ n, s }) => n * s)));
      near(cell?.positiveUnits, totals.filter(({ s }) => s > 1e-12).length);
    }
    const buckets = new Map<number, number>();
    for (const histogram of arm?.measures.get("latency_ms")?.histograms ?? [])
      for (const [bucket, count] of histogram) buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
    const expected = new Map<number, number>();
    for (const each of traces)
      if (armOf(each.unit) === variant && each.latency_ms !== null) {
        const bucket = bucketOf(each.latency_ms);
        expected.set(bucket, (expected.get(bucket) ?? 0) + 1);
      }
    expect([...buckets].sort()).toEqual([...expected].sort());
  }
}

type Call = {
  trace: string;
  unit: string | null;
  variant: string;
  status: string;
  cost: number | null;
  input: number;
  start: number;
  received: number;
  duration: number | null;
};

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
