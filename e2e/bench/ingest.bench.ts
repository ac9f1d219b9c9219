import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { draftInput } from "#lib/abtests/abtest.fixture.ts";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { startAbTest } from "#lib/abtests/start-ab-test.ts";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { CopyBuffer, copyInto } from "#lib/db/copy.ts";
import { makeSql, type Sql } from "#lib/db/postgres.ts";
import type { Encoding } from "#lib/ingest/otlp/encode-response.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { measureCopyLimit } from "./copy-limit.ts";
import type { IngestLoad, IngestLoadResult } from "./ingest-load.ts";
import { idsOf } from "./otlp-bodies.ts";
import { cpuSeconds, peakRssMb, type RunningServer, startServerProcess } from "./running-server.ts";

type Figures = {
  spansPerSecond: number;
  copyLimitSpansPerSecond: number;
  ratio: number;
  p50AckMs: number;
  p99AckMs: number;
  p99VisibleMs: number;
  singleSpansPerSecond: number;
};

/** The top-level figures are the worse of the two encodings. */
export type IngestResult = Figures & {
  /** Acknowledged spans that are not in the database exactly once. */
  lost: number;
  /** The most the server process has held. */
  rssMb: number;
  protobuf: Figures;
  json: Figures;
  /** With --ab: the rate with spans of an active A/B test over the rate without. */
  abRatio?: number;
};

const promptNames = ["support/answer", "support/triage", "support/summary", "support/escalate"];

/**
 * Spans per second that the server acknowledges, and what plain COPY of the same rows reaches in the same run.
 * `--seconds=N` of each load (15 unless told), `--ab` also with an A/B test, `--machine-only` without the pages,
 * `--prof` writes a CPU profile of the server into .stemma/profiles.
 */
export async function run(options: string[]): Promise<IngestResult> {
  const seconds = Number(options.find((option) => option.startsWith("--seconds="))?.slice(10) ?? 15);
  const server = await startServerProcess({
    isMachineOnly: options.includes("--machine-only"),
    execArgv: options.includes("--prof") ? ["--cpu-prof", "--cpu-prof-dir=.stemma/profiles"] : [],
  });
  const generator = fork(join(import.meta.dirname, "ingest-load.ts"));
  try {
    const bench = await prepare(server, generator);
    const figures = {} as Record<Encoding, Figures>;
    let lost = 0;
    let abRatio: number | undefined;
    for (const encoding of ["protobuf", "json"] as const) {
      const measured = await measureEncoding(bench, encoding, seconds);
      figures[encoding] = measured.figures;
      lost += measured.lost;
      console.error(`${encoding}: ${JSON.stringify(measured.figures)}, lost ${measured.lost}`);
    }
    if (options.includes("--ab")) {
      const measured = await measureAbTest(bench, seconds);
      abRatio = measured.ratio;
      lost += measured.lost;
    }
    const { protobuf, json } = figures;
    const lowest = (field: keyof Figures) => Math.min(protobuf[field], json[field]);
    const highest = (field: keyof Figures) => Math.max(protobuf[field], json[field]);
    return {
      spansPerSecond: lowest("spansPerSecond"),
      copyLimitSpansPerSecond: lowest("copyLimitSpansPerSecond"),
      ratio: lowest("ratio"),
      p50AckMs: highest("p50AckMs"),
      p99AckMs: highest("p99AckMs"),
      p99VisibleMs: highest("p99VisibleMs"),
      lost,
      rssMb: await peakRssMb(server.process),
      singleSpansPerSecond: lowest("singleSpansPerSecond"),
      protobuf,
      json,
      ...(abRatio === undefined ? {} : { abRatio }),
    };
  } finally {
    generator.disconnect();
    await server.discard();
  }
}

type Bench = {
  server: RunningServer;
  generator: ChildProcess;
  ctx: Context;
  authorization: string;
  client: Sql;
};

async function prepare(server: RunningServer, generator: ChildProcess): Promise<Bench> {
  const { ctx } = await makeProject();
  const { authorization } = await makeApiKey(ctx);
  for (const name of promptNames) {
    await saveVersion(ctx, {
      name,
      content: { type: "chat", messages: [{ role: "user", content: `${name}: {{question}}` }] },
    });
  }
  return {
    server,
    generator,
    ctx,
    authorization,
    client: makeSql(server.databaseUrl, { max: 1, statementTimeoutMs: 0 }),
  };
}

async function measureEncoding(
  bench: Bench,
  encoding: Encoding,
  seconds: number,
): Promise<{ figures: Figures; lost: number }> {
  const batches = { encoding, spansPerRequest: 100, connections: 16 };
  const singles = { encoding, spansPerRequest: 1, connections: 64 };
  const loads: Loaded[] = [];
  const load = async (kind: LoadKind, forSeconds: number) => {
    const done = await runLoad(bench, kind, forSeconds);
    loads.push(done);
    return done.result;
  };
  await load(batches, Math.min(4, seconds));
  const watch = watchVisibility(bench, encoding);
  const batched = await load(batches, seconds);
  const p99VisibleMs = await watch.stop();
  const copyLimit = await measureCopyLimit(bench.server.databaseUrl, Math.max(3, seconds / 3));
  await load(singles, Math.min(2, seconds));
  const single = await load(singles, Math.max(2, seconds / 2));
  let lost = 0;
  for (const each of loads) lost += await countLost(bench.client, each);
  return {
    lost,
    figures: {
      spansPerSecond: Math.round(batched.spansPerSecond),
      copyLimitSpansPerSecond: Math.round(copyLimit),
      ratio: rounded(batched.spansPerSecond / copyLimit),
      p50AckMs: rounded(batched.p50AckMs),
      p99AckMs: rounded(batched.p99AckMs),
      p99VisibleMs: rounded(p99VisibleMs),
      singleSpansPerSecond: Math.round(single.spansPerSecond),
    },
  };
}

/** Batches with and without the attributes of an active A/B test, in turns, so that noise falls on both. */
async function measureAbTest(bench: Bench, seconds: number): Promise<{ ratio: number; lost: number }> {
  const test = await createAbTest(bench.ctx, await draftInput(bench.ctx));
  await startAbTest(bench.ctx, test.key);
  const abTest = { key: test.key, variants: test.variants.map(({ key }) => key) };
  const kind = { encoding: "protobuf" as const, spansPerRequest: 100, connections: 16 };
  const rates = { with: 0, without: 0 };
  let lost = 0;
  for (let round = 0; round < 4; round++) {
    for (const side of ["without", "with"] as const) {
      const loaded = await runLoad(bench, kind, seconds / 3, side === "with" ? abTest : null);
      rates[side] += loaded.result.spansPerSecond;
      lost += await countLost(bench.client, loaded);
    }
  }
  console.error(`A/B: ${Math.round(rates.with / 4)}/s with, ${Math.round(rates.without / 4)}/s without`);
  return { ratio: rounded(rates.with / rates.without), lost };
}

type LoadKind = { encoding: Encoding; spansPerRequest: number; connections: number };
type Loaded = { seed: number; spansPerRequest: number; result: IngestLoadResult };

let nextSeed = Date.now() & 0xffffff;

async function runLoad(
  bench: Bench,
  kind: LoadKind,
  seconds: number,
  abTest: IngestLoad["abTest"] = null,
): Promise<Loaded> {
  const seed = nextSeed++;
  const { port } = bench.server;
  const load: IngestLoad = {
    ...kind,
    seconds,
    seed,
    abTest,
    promptNames,
    port,
    authorization: bench.authorization,
  };
  const answered = new Promise<{ result: IngestLoadResult } | { error: string }>((resolve) =>
    bench.generator.once("message", resolve),
  );
  bench.generator.send(load);
  const before = await cpuSeconds(bench.server);
  const answer = await answered;
  if ("error" in answer) throw new Error(answer.error);
  const after = await cpuSeconds(bench.server);
  const [ours, postgres] = after.map((cpu, index) =>
    Math.round(((cpu - before[index]!) / answer.result.spans) * 1e6),
  );
  console.error(
    `${kind.encoding} × ${kind.spansPerRequest}: ${Math.round(answer.result.spansPerSecond)} spans/s, ` +
      `${ours} µs of processor a span in the server, ${postgres} in PostgreSQL, ${Math.round(answer.result.cpuUs)} in the load generator`,
  );
  return { seed, spansPerRequest: kind.spansPerRequest, result: answer.result };
}

/** How many spans of the load are not there exactly once, in either table. */
async function countLost(client: Sql, { seed, spansPerRequest, result }: Loaded): Promise<number> {
  const expected = new CopyBuffer();
  for (let request = 0; request < result.requests; request++) {
    for (const { traceId, spanId } of idsOf(seed, request, spansPerRequest)) {
      expected.startRow(2);
      expected.hex(traceId.toString("hex"));
      expected.hex(spanId.toString("hex"));
    }
  }
  return await client.begin(async (tx) => {
    await tx`create temporary table expected (trace_id uuid, span_id bytea) on commit drop`;
    await copyInto(
      tx as unknown as Sql,
      "expected",
      ["trace_id", "span_id"],
      [Buffer.from(expected.bytes())],
    );
    const [row] = await tx<{ lost: number }[]>`
      select count(*)::int as lost from expected e
        left join (select trace_id, span_id, count(*) from spans group by 1, 2) s using (trace_id, span_id)
        left join (select trace_id, span_id, count(*) from span_payloads group by 1, 2) p using (trace_id, span_id)
      where s.count is distinct from 1 or p.count is distinct from 1`;
    return row!.lost;
  });
}

/**
 * While a load runs, sends a span of its own ten times a second and asks for its trace once it is acknowledged.
 * `stop` gives the 99th percentile of the time from sending a span to having read it.
 */
function watchVisibility({ server, authorization }: Bench, encoding: Encoding) {
  let isWatching = true;
  const waits: number[] = [];
  const watching = (async () => {
    while (isWatching) {
      waits.push(await timeUntilVisible(server.port, authorization));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  watching.catch(() => {});
  return {
    async stop(): Promise<number> {
      isWatching = false;
      await watching;
      waits.sort((a, b) => a - b);
      console.error(`${encoding}: ${waits.length} spans watched until visible`);
      return waits[Math.floor(waits.length * 0.99)]!;
    },
  };
}

async function timeUntilVisible(port: number, authorization: string): Promise<number> {
  const traceId = newTraceId();
  const nanos = String(BigInt(Date.now()) * 1_000_000n);
  const span = {
    traceId,
    spanId: newSpanId(),
    name: "watched",
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
  };
  const startedMs = performance.now();
  const sent = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  if (!sent.ok) throw new Error(`A watched span was refused: ${await sent.text()}`);
  for (;;) {
    const read = await fetch(`http://127.0.0.1:${port}/api/v1/traces/${traceId}`, {
      headers: { authorization },
    });
    await read.arrayBuffer();
    if (read.status === 200) return performance.now() - startedMs;
    if (read.status !== 404) throw new Error(`A trace could not be read: ${read.status}`);
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
