import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CopyBuffer, copyInto } from "#lib/db/copy.ts";
import { discardEmbedded } from "#lib/db/embedded.ts";
import { closeSql, makeSql, type Sql } from "#lib/db/postgres.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { setRuntime } from "#lib/env.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { idsOf, makeBodies } from "./otlp-bodies.ts";
import { randomFrom } from "./prose.ts";

export type CrashResult = {
  /** SIGKILLs that a server was killed with while it was acknowledging spans, and after which it started again. */
  kills: number;
  acknowledged: number;
  /** Acknowledged, and not there. */
  lost: number;
  /** There more than once: what was not acknowledged is sent again, as exporters do. */
  doubled: number;
};

const spansPerRequest = 20;
const senders = 8;

/**
 * Kills the server with SIGKILL at random moments under load, and starts it again over the same data. Every fifth
 * time PostgreSQL's processes are killed with it. `onKill` hears of each.
 */
export async function crash(options: {
  kills: number;
  seed: number;
  onKill: (kill: number) => void;
}): Promise<CrashResult> {
  const random = randomFrom(options.seed);
  const folder = await mkdtemp(join(tmpdir(), "stemma-crash-"));
  const secretHex = randomBytes(32).toString("hex");
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production",
    STEMMA_DATA_DIR: folder,
    STEMMA_SECRET: secretHex,
    DATABASE_URL: "",
    PORT: "0",
    NODE_COMPILE_CACHE: join(folder, "compiled"),
  };
  // The next server loads its code while this one works: what is waited for after a kill is only its start.
  const spawnNext = () =>
    fork(join(import.meta.dirname, "serve-machine.ts"), ["--wait", "--receiver"], { env: environment });
  let server = spawnNext();
  let next = spawnNext();
  try {
    let running = await start(server);
    setRuntime({ databaseUrl: running.databaseUrl, secretHex });
    const { ctx } = await makeProject();
    const { authorization } = await makeApiKey(ctx, ["traces:write"]);
    const load = startLoad(() => running.port, authorization, options.seed);
    for (let kill = 1; kill <= options.kills; kill++) {
      await load.waitForAcknowledgements(1 + Math.floor(random() * 12));
      await new Promise((resolve) => setTimeout(resolve, random() * 60));
      const withDatabase = kill % 5 === 0;
      await killServer(server, withDatabase ? folder : null);
      server = next;
      next = spawnNext();
      running = await start(server);
      options.onKill(kill);
    }
    await load.waitForAcknowledgements(senders);
    const acknowledged = await load.stop();
    const client = makeSql(running.databaseUrl, { max: 1, statementTimeoutMs: 0 });
    const { lost, doubled } = await compare(client, options.seed, acknowledged);
    await client.end({ timeout: 5 });
    return { kills: options.kills, acknowledged: acknowledged.length * spansPerRequest, lost, doubled };
  } finally {
    await closeSql();
    await closePrisma();
    for (const child of [server, next]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
    await discardEmbedded(join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

type Running = { port: number; databaseUrl: string };

function start(server: ChildProcess): Promise<Running> {
  return new Promise((resolve, reject) => {
    server.once("message", (told: Running) => resolve(told));
    server.once("exit", (code, signal) => reject(new Error(`The server ended with ${code ?? signal}.`)));
    server.send("start");
  });
}

async function killServer(server: ChildProcess, folderOfDatabase: string | null): Promise<void> {
  const pids = folderOfDatabase === null ? [] : await databasePids(folderOfDatabase);
  const exited = once(server, "exit");
  server.kill("SIGKILL");
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself since it was listed.
    }
  }
  await exited;
  for (const pid of pids) while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The postmaster first, or it would start others for those that are killed. */
async function databasePids(folder: string): Promise<number[]> {
  const postmaster = (await readFile(join(folder, "postgres/postmaster.pid"), "utf8")).split("\n", 1)[0]!;
  const children: number[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] === postmaster) children.push(Number(pid));
  }
  return [Number(postmaster), ...children];
}

async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
}

/** Senders that never give up: what is not acknowledged is sent again under the same ids, as OTLP exporters do. */
function startLoad(port: () => number, authorization: string, seed: number) {
  const acknowledged: number[] = [];
  let turn = 0;
  let isRunning = true;
  let wake = () => {};
  const bodies = makeBodies(
    { encoding: "protobuf", spansPerRequest, seed, promptNames: [], abTest: null },
    senders,
  );
  const sending = bodies.map(async (body) => {
    while (isRunning) {
      const request = turn++;
      body.stamp(seed, request);
      while (!(await isAcknowledged(port(), authorization, body.bytes))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      acknowledged.push(request);
      wake();
    }
  });
  return {
    async waitForAcknowledgements(count: number): Promise<void> {
      const wanted = acknowledged.length + count;
      while (acknowledged.length < wanted) await new Promise<void>((resolve) => (wake = resolve));
    },
    /** The numbers of all requests that were acknowledged, once none is on its way. */
    async stop(): Promise<number[]> {
      isRunning = false;
      await Promise.all(sending);
      return acknowledged;
    },
  };
}

/** Throws where the answer is neither an acknowledgement nor one that may be retried. */
async function isAcknowledged(port: number, authorization: string, body: Buffer): Promise<boolean> {
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: "POST",
      headers: { authorization, "content-type": "application/x-protobuf" },
      body: Uint8Array.from(body),
    });
    await response.arrayBuffer();
  } catch {
    return false;
  }
  if (response.status === 200) return true;
  if ([429, 502, 503, 504].includes(response.status)) return false;
  throw new Error(`A sender was told ${response.status}, which an exporter must not retry.`);
}

async function compare(
  client: Sql,
  seed: number,
  requests: readonly number[],
): Promise<{ lost: number; doubled: number }> {
  const expected = new CopyBuffer();
  for (const request of requests) {
    for (const { traceId, spanId } of idsOf(seed, request, spansPerRequest)) {
      expected.startRow(2);
      expected.hex(traceId.toString("hex"));
      expected.hex(spanId.toString("hex"));
    }
  }
  return await client.begin(async (tx) => {
    await tx`create temporary table expected (trace_id uuid, span_id bytea) on commit drop`;
    await copyInto(tx as unknown as Sql, "expected", ["trace_id", "span_id"], [expected.bytes()]);
    const [row] = await tx<{ lost: number; doubled: number }[]>`
      select count(*) filter (where s.count is null or p.count is null)::int as lost,
        count(*) filter (where s.count > 1 or p.count > 1)::int as doubled
      from expected e
        left join (select trace_id, span_id, count(*) from spans group by 1, 2) s using (trace_id, span_id)
        left join (select trace_id, span_id, count(*) from span_payloads group by 1, 2) p using (trace_id, span_id)`;
    return row!;
  });
}
