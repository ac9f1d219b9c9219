import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draftInput } from "#lib/abtests/abtest.fixture.ts";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { startAbTest } from "#lib/abtests/start-ab-test.ts";
import { foldPending, rebuildTest } from "#lib/abtests/store/fold-pending.ts";
import { readCells } from "#lib/abtests/store/read-cells.ts";
import { discardEmbedded, startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { makeSql, type Sql } from "#lib/db/postgres.ts";
import { setRuntime } from "#lib/env.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";

const requests = 60;
const days = 14;
const key = "greeting-tone";

export type ReportResult = {
  traces: number;
  units: number;
  /** A report over HTTP from the machine API, as a client on the same machine waits for it. */
  p50Ms: number;
  p95Ms: number;
  /** The same, when 20 traces have arrived since the last one and are counted first. */
  withArrivalsP50Ms: number;
  withArrivalsP95Ms: number;
  rebuildSeconds: number;
  /** Traces per second that the ordinary fold takes in. */
  foldedPerSecond: number;
  cells: number;
};

/**
 * The report on a test of 5 million traces of 500,000 units, made by SQL and counted by the product's own rebuild,
 * whose sums are compared with a direct query. Options `--traces=N`, `--units=N`.
 */
export async function run(options: string[]): Promise<ReportResult> {
  const traces = numberOf(options, "traces", 5_000_000);
  const units = numberOf(options, "units", 500_000);
  const folder = await mkdtemp(join(tmpdir(), "stemma-bench-"));
  const children: ChildProcess[] = [];
  try {
    const database = await startEmbedded({ folder: join(folder, "postgres"), password: "bench" });
    await migrate(database.url);
    const secretHex = randomBytes(32).toString("hex");
    setRuntime({ databaseUrl: database.url, secretHex });
    const { ctx } = await makeProject();
    const { authorization } = await makeApiKey(ctx);
    await createAbTest(ctx, await draftInput(ctx));
    const { id } = await startAbTest(ctx, key);
    const sql = makeSql(database.url, { max: 2, statementTimeoutMs: 0 });
    const startedMs = performance.now();
    await generate(sql, { abTestId: id, projectId: ctx.projectId, traces, units });
    console.error(`${traces} traces of ${units} units made in ${secondsSince(startedMs)} s`);

    const rebuildMs = performance.now();
    const counted = await rebuildTest(id);
    const rebuildSeconds = secondsSince(rebuildMs);
    console.error(`counted ${counted.traces} traces of ${counted.units} units in ${rebuildSeconds} s`);
    await requireSame(sql, id);

    const arrivals = Math.min(50_000, traces);
    await sql`
      insert into ab_pending (project_id, trace_id, from_at, to_at)
      select project_id, trace_id, start_time, start_time from spans where ab_test_id = ${id} limit ${arrivals}`;
    const foldMs = performance.now();
    while (!(await foldPending({ budgetMs: 60_000 })).isDone);
    const foldedPerSecond = Math.round(arrivals / secondsSince(foldMs));
    console.error(`${foldedPerSecond} traces a second are folded`);
    await requireSame(sql, id);
    await sql`vacuum analyze`;

    const child = fork(join(import.meta.dirname, "serve-api.ts"), {
      env: { ...process.env, DATABASE_URL: database.url, STEMMA_SECRET: secretHex },
    });
    children.push(child);
    const port = await new Promise<number>((resolve) =>
      child.once("message", (told: { port: number }) => resolve(told.port)),
    );
    const look = async () => {
      const before = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/ab-tests/${key}/report`, {
        headers: { authorization },
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(text);
      return performance.now() - before;
    };
    for (let i = 0; i < 5; i++) await look();
    const idle: number[] = [];
    for (let i = 0; i < requests; i++) idle.push(await look());
    const busy: number[] = [];
    for (let i = 0; i < requests; i++) {
      await sql`
        insert into ab_pending (project_id, trace_id, from_at, to_at)
        select project_id, trace_id, start_time, start_time from spans
        where ab_test_id = ${id} offset ${i * 1000} limit 20`;
      busy.push(await look());
    }
    const [{ cells }] = await sql<
      [{ cells: number }]
    >`select count(*) as cells from ab_cell where ab_test_id = ${id}`;
    await sql.end();
    return {
      traces: counted.traces,
      units: counted.units,
      p50Ms: quantile(idle, 0.5),
      p95Ms: quantile(idle, 0.95),
      withArrivalsP50Ms: quantile(busy, 0.5),
      withArrivalsP95Ms: quantile(busy, 0.95),
      rebuildSeconds,
      foldedPerSecond,
      cells,
    };
  } finally {
    for (const child of children) child.kill();
    await discardEmbedded(join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Half of the units in each arm, traces spread over two weeks; a fifth has a score. */
async function generate(
  sql: Sql,
  {
    abTestId,
    projectId,
    traces,
    units,
  }: { abTestId: string; projectId: string; traces: number; units: number },
): Promise<void> {
  await sql`select stemma_add_partitions((now() at time zone 'UTC')::date - ${days + 1}::int, (now() at time zone 'UTC')::date)`;
  await sql`update ab_test set started_at = now() - ${days} * interval '1 day' where id = ${abTestId}`;
  await sql`update ab_phase set started_at = now() - ${days} * interval '1 day' where ab_test_id = ${abTestId}`;
  await sql`select setseed(0.5)`;
  const step = 500_000;
  for (let from = 0; from < traces; from += step)
    await sql`
      insert into spans (project_id, trace_id, start_time, received_at, duration_us, cost_usd, input_tokens, output_tokens,
        mapping_version, is_model_call, span_id, name, kind, operation, status, usage_source, cost_source, ab_test_id,
        ab_test_key, variant_key, unit_id, release, dialect)
      select ${projectId}::uuid, md5('trace' || i)::uuid, at, at, (400000 * exp(0.5 * sqrt(-2 * ln(1 - random())) * cos(6.2832 * random())))::bigint,
        0.0005 + 0.002 * random() * random(), 100 + (random() * 900)::int, 50 + (random() * 450)::int,
        1, true, decode(substr(md5('span' || i), 1, 16), 'hex'), 'chat', 'client', 'chat',
        case when random() < 0.03 then 'error' else 'ok' end, 'reported', 'computed', ${abTestId}::uuid, ${key},
        case when unit % 2 = 0 then 'A' else 'B' end, 'user-' || unit, 'r' || unit % 5, 'bench'
      from (
        select i, (i * 7919::bigint) % ${units} as unit, now() - (1 - i::float8 / ${traces}) * ${days} * interval '1 day' as at
        from generate_series(${from}::int, ${Math.min(traces, from + step) - 1}::int) i
      ) drawn`;
  await sql`
    insert into scores (project_id, id, name, data_type, numeric_value, trace_id, source)
    select ${projectId}::uuid, 's' || i, 'helpful', 'numeric', (random() < 0.6)::int, md5('trace' || i)::uuid, 'api'
    from generate_series(0, ${traces - 1}::int, 5) i`;
  await sql`
    insert into ab_unit (project_id, ab_test_id, unit_id, variant_key, phase, hash_version, propensities, first_exposed_at)
    select ${projectId}::uuid, ${abTestId}::uuid, 'user-' || unit, case when unit % 2 = 0 then 'A' else 'B' end, 1, 3,
      '{0.5,0.5}', now() - (1 - random()) * ${days} * interval '1 day'
    from generate_series(0, ${units - 1}::int) unit`;
  await sql`analyze`;
}

/** Throws unless the cells' sums are those of a direct query over all spans. */
async function requireSame(sql: Sql, abTestId: string): Promise<void> {
  const direct = await sql<{ variant: string; k: number; n: number; s: number; ss: number; ns: number }[]>`
    select variant, count(*) as k, sum(n)::float8 as n, sum(s)::float8 as s, sum(s * s)::float8 as ss, sum(n * s)::float8 as ns
    from (
      select variant_key as variant, unit_id, count(*) as n, sum(cost_usd) as s
      from spans where ab_test_id = ${abTestId} group by 1, 2
    ) units group by variant`;
  const { arms } = await readCells(abTestId);
  for (const { variant, ...expected } of direct) {
    const sums = arms.find((arm) => arm.variantKey === variant)?.measures.get("cost_usd")?.sums;
    for (const field of ["k", "n", "s", "ss", "ns"] as const)
      if (!sums || Math.abs(sums[field] / expected[field] - 1) > 1e-9)
        throw new Error(`${variant}: ${field} is ${sums?.[field]}, and ${expected[field]} in the spans`);
  }
}

function numberOf(options: string[], name: string, otherwise: number): number {
  const given = options.find((option) => option.startsWith(`--${name}=`))?.split("=")[1];
  return given === undefined ? otherwise : Number(given);
}

function quantile(values: number[], level: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))]! * 10) / 10;
}

function secondsSince(ms: number): number {
  return Math.round((performance.now() - ms) / 100) / 10;
}
