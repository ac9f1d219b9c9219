import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discardEmbedded, startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { closeSql, makeSql, sql } from "#lib/db/postgres.ts";
import { setRuntime } from "#lib/env.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { packLimit } from "#lib/traces/packs/pack.ts";
import { packTraces } from "#lib/traces/store/pack-traces.ts";
import { fill } from "./reads/fill.ts";
import { makePendingQueries, makeQueries, pendingTraces, type Query } from "./reads/queries.ts";

const turns = 40;

/**
 * What the pages read, at five million spans (`--spans N`) in a scratch database that SQL fills and the packer packs:
 * each query once to warm the caches (told on stderr), then forty times with changing values.
 */
export async function run(options: string[]): Promise<object> {
  const at = options.indexOf("--spans");
  const spanCount =
    Number(at >= 0 ? options[at + 1] : options.find((each) => each.startsWith("--spans="))?.slice(8)) ||
    5_000_000;
  const folder = join(tmpdir(), `stemma-bench-reads-${process.pid}`);
  try {
    const database = await startEmbedded({
      folder: join(folder, "postgres"),
      password: "bench",
      settings: { synchronous_commit: "off" },
    });
    await migrate(database.url);
    setRuntime({ databaseUrl: database.url, secretHex: randomBytes(32).toString("hex") });
    const { ctx, projectId } = await makeProject();
    return await measure(ctx, projectId, spanCount, database.url);
  } finally {
    await closeSql();
    await discardEmbedded(join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  ctx: Parameters<typeof makeQueries>[0],
  projectId: string,
  spanCount: number,
  url: string,
): Promise<object> {
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 1000);
  const maintenance = makeSql(url, { max: 1, statementTimeoutMs: 0 });
  const filled = await fill(maintenance, projectId, spanCount);
  console.error(`${filled.spans} spans in ${filled.traces} traces made in ${seconds()} s`);
  while (await packTraces(packLimit));
  console.error(`packed after ${seconds()} s`);
  await maintenance`vacuum analyze`;
  await maintenance`checkpoint`;
  const [sizes] = await sql()<{ spans: number; packs: number }[]>`
    select (select sum(pg_total_relation_size(inhrelid)) from pg_inherits
        where inhparent in ('spans'::regclass, 'span_payloads'::regclass))::bigint as spans,
      pg_total_relation_size('trace_packs') + pg_total_relation_size('trace_pack_columns')
        + pg_total_relation_size('trace_pack_terms') as packs`;
  console.error(
    `bytes a span: ${Math.round(sizes!.spans / filled.spans)} of spans and payloads, ${Math.round(sizes!.packs / filled.spans)} of packs`,
  );

  const queries = await measureAll(await makeQueries(ctx, filled));
  await maintenance`
    insert into pending_traces (project_id, first_start, last_start, trace_ids)
    select project_id, min(start_time), max(start_time), string_agg(uuid_send(trace_id), '') from (
      select *, row_number() over (order by start_time) / 1000 as part from (
        select project_id, trace_id, start_time from spans
        where project_id = ${projectId} and parent_span_id is null and start_time > now() - interval '30 days'
        order by start_time desc limit ${pendingTraces}) s) s
    group by project_id, part`;
  queries.push(...(await measureAll(makePendingQueries(ctx, filled))));
  await maintenance.end();
  console.error(`memory of this process: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`);
  return { spans: filled.spans, worstP95Ms: Math.max(...queries.map((query) => query.p95Ms)), queries };
}

async function measureAll(queries: readonly Query[]) {
  const results = [];
  for (const { name, run: ask } of queries) {
    const coldMs = performance.now();
    await ask(0);
    const firstMs = performance.now() - coldMs;
    const times: number[] = [];
    let found = 0;
    for (let turn = 1; turn <= turns; turn++) {
      const turnMs = performance.now();
      found += await ask(turn);
      times.push(performance.now() - turnMs);
    }
    times.sort((a, b) => a - b);
    const result = {
      name,
      p50Ms: round(times[turns / 2]!),
      p95Ms: round(times[Math.ceil(turns * 0.95) - 1]!),
    };
    console.error(
      `${name}: p50 ${result.p50Ms} ms, p95 ${result.p95Ms} ms, first ${round(firstMs)} ms, ${Math.round(found / turns)} found`,
    );
    results.push(result);
  }
  return results;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
