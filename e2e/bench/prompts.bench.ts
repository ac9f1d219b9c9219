import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discardEmbedded, startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { setRuntime } from "#lib/env.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { get, load } from "./http-load.ts";

const promptCount = 100;
const connections = 8;
const rounds = 3;
const secondsPerRound = 4;
const moves = 30;

export type PromptsResult = {
  /** The median round's, with one server process and the load generator on one core each, each as busy as can be. */
  fetchesPerSecond: number;
  /** At 15,000 fetches a second, or half of that rate where it is less, on a fixed schedule. */
  p99Ms: number;
  p99AtPerSecond: number;
  /** Where every connection sends as soon as it has its answer: what a queue of eight waits. */
  saturatedP99Ms: number;
  /** The slowest of the moves: from the request that moves a label until both server processes serve it. */
  moveVisibleMs: number;
  /** The same load on a bare node:http server that answers the same bytes. */
  limitPerSecond: number;
  limitP99Ms: number;
};

/** Fetches of prompt versions by label over HTTP from an embedded database, and how soon a moved label is seen. */
export async function run(): Promise<PromptsResult> {
  const folder = await mkdtemp(join(tmpdir(), "stemma-bench-"));
  const children: ChildProcess[] = [];
  try {
    const database = await startEmbedded({ folder: join(folder, "postgres"), password: "bench" });
    await migrate(database.url);
    const secretHex = randomBytes(32).toString("hex");
    setRuntime({ databaseUrl: database.url, secretHex });
    const { ctx } = await makeProject();
    const { authorization } = await makeApiKey(ctx);
    const names = Array.from({ length: promptCount }, (_, index) => `support/answer-${index}`);
    for (const name of names)
      await saveVersion(ctx, { name, content: content(name), labels: ["production"] });
    await saveVersion(ctx, { name: names[0]!, content: content("another") });

    const serve = async (file: string, message?: object) => {
      const child = fork(join(import.meta.dirname, file), {
        env: { ...process.env, DATABASE_URL: database.url, STEMMA_SECRET: secretHex },
      });
      children.push(child);
      if (message) child.send(message);
      return await new Promise<number>((resolve, reject) => {
        child.once("message", (told: { port: number }) => resolve(told.port));
        child.once("exit", (code) => reject(new Error(`${file} ended with ${code}.`)));
      });
    };
    const ports = [await serve("serve-api.ts"), await serve("serve-api.ts")] as const;
    const requests = names.map((name) => get(`/api/v1/prompts/${name}?label=production`, { authorization }));

    const sample = await fetch(`http://127.0.0.1:${ports[0]}/api/v1/prompts/${names[1]}`, {
      headers: { authorization },
    });
    const body = await sample.text();
    const limitPort = await serve("serve-bytes.ts", {
      body,
      headers: Object.fromEntries(
        ["content-type", "etag", "cache-control"].map((name) => [name, sample.headers.get(name)]),
      ),
    });
    console.error(`${promptCount} prompts of ${body.length} bytes, ${connections} connections`);

    await load({ port: ports[0], requests, connections, seconds: 3 });
    await load({ port: limitPort, requests, connections, seconds: 1 });
    const ours = [];
    const limits = [];
    // In turns, so that what else the machine does falls on both.
    for (let round = 0; round < rounds; round++) {
      ours.push(await load({ port: ports[0], requests, connections, seconds: secondsPerRound }));
      limits.push(await load({ port: limitPort, requests, connections, seconds: secondsPerRound / 2 }));
      console.error(`round ${round + 1}: ${tell(ours.at(-1)!)} (bare node:http: ${tell(limits.at(-1)!)})`);
    }
    const [typical, limit] = [median(ours), median(limits)];
    const perSecond = Math.min(15_000, Math.round(typical.perSecond / 2));
    const paced = [];
    for (let round = 0; round < rounds; round++) {
      paced.push(await load({ port: ports[0], requests, connections, seconds: secondsPerRound, perSecond }));
      console.error(`at ${perSecond}/s, round ${round + 1}: ${tell(paced.at(-1)!)}`);
    }
    const calm = paced.sort((a, b) => a.p99Ms - b.p99Ms)[Math.floor(rounds / 2)]!;
    const moveVisibleMs = await measureMoves(ports, names[0]!, authorization);
    return {
      fetchesPerSecond: Math.round(typical.perSecond),
      p99Ms: rounded(calm.p99Ms),
      p99AtPerSecond: Math.round(calm.perSecond),
      saturatedP99Ms: rounded(typical.p99Ms),
      moveVisibleMs: rounded(moveVisibleMs),
      limitPerSecond: Math.round(limit.perSecond),
      limitP99Ms: rounded(limit.p99Ms),
    };
  } finally {
    for (const child of children) child.disconnect();
    await discardEmbedded(join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Moves the label to and fro through the first process, and asks both until they serve it. */
async function measureMoves(ports: readonly number[], name: string, authorization: string): Promise<number> {
  let slowestMs = 0;
  // The first ones are not counted: they load what a process needs to write at all.
  for (let move = -4; move < moves; move++) {
    const toVersion = move % 2 === 0 ? 2 : 1;
    const startedMs = performance.now();
    const moved = await fetch(
      `http://127.0.0.1:${ports[0]}/api/v1/prompts/${name.replace("/", "%2F")}/labels/production`,
      {
        method: "PUT",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ toVersion, reason: "bench" }),
      },
    );
    if (!moved.ok) throw new Error(`The label was not moved: ${await moved.text()}`);
    await Promise.all(
      ports.map(async (port) => {
        for (;;) {
          const answer = await fetch(`http://127.0.0.1:${port}/api/v1/prompts/${name}`, {
            headers: { authorization },
          });
          const { number } = (await answer.json()) as { number: number };
          if (number === toVersion) return;
        }
      }),
    );
    if (move >= 0) slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  return slowestMs;
}

function content(name: string) {
  return {
    type: "chat" as const,
    messages: [
      {
        role: "system" as const,
        content: `You answer customers of ${name}. ${"Be brief, be kind, and cite the paragraph. ".repeat(20)}`,
      },
      { role: "user" as const, content: "{{question}}" },
    ],
    variables: [{ name: "question", description: "What the customer wrote", example: "Where is my order?" }],
    parameters: { temperature: 0.2, maxTokens: 400 },
  };
}

function median<Result extends { perSecond: number }>(results: Result[]): Result {
  return results.sort((a, b) => a.perSecond - b.perSecond)[Math.floor(results.length / 2)]!;
}

function tell({ perSecond, p50Ms, p99Ms, maxMs }: Awaited<ReturnType<typeof load>>): string {
  return `${Math.round(perSecond)}/s, p50 ${rounded(p50Ms)} ms, p99 ${rounded(p99Ms)} ms, max ${rounded(maxMs)} ms`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
