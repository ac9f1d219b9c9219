import { type ChildProcess, fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { discardEmbedded, startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { saveDeployment } from "#lib/deployments/save-deployment.ts";
import { setRuntime } from "#lib/env.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { installPackage } from "../install-package.ts";

const rounds = 8;
const callsPerRound = 400;
const warmUpCalls = 1_500;

/** Milliseconds over the same call sent to the provider directly, in the same run. */
type Added = {
  addedP50Ms: number;
  addedP99Ms: number;
  portkeyAddedP50Ms: number;
  portkeyAddedP99Ms: number;
  /** Of a bare node:http proxy: what no gateway on Node stays under. */
  proxyAddedP50Ms: number;
  directP50Ms: number;
};

/** Processor time that one call takes of a process, which noise on the machine hardly changes; null but on Linux. */
type Spent = { stemma: number | null; portkey: number | null; proxy: number | null };

/** The top-level figures are of one call at a time; `at16` of sixteen at once. */
export type GatewayResult = Added & { at16: Added; cpuMsPerCall: Spent; calls: number };

type Door = {
  name: string;
  pid: number | undefined;
  port: number;
  path: string;
  headers: Record<string, string>;
  body: string;
};

/**
 * What a gateway adds to a chat completion whose provider answers at once: ours by a deployment that fills a prompt
 * and writes the trace, Portkey's passing the same call on. All three doors take turns, a few hundred calls each.
 */
export async function run(): Promise<GatewayResult> {
  const portkeyFolder = join(import.meta.dirname, "portkey");
  await installPackage(portkeyFolder);
  const folder = await mkdtemp(join(tmpdir(), "stemma-bench-"));
  const children: ChildProcess[] = [];
  try {
    const database = await startEmbedded({ folder: join(folder, "postgres"), password: "bench" });
    await migrate(database.url);
    const secretHex = randomBytes(32).toString("hex");
    setRuntime({ databaseUrl: database.url, secretHex });
    const environment = { ...process.env, DATABASE_URL: database.url, STEMMA_SECRET: secretHex };
    const serve = (file: string, message?: object) => {
      const child = fork(join(import.meta.dirname, file), { env: environment });
      children.push(child);
      if (message) child.send(message);
      return new Promise<{ port: number; pid: number | undefined }>((resolve, reject) => {
        child.once("message", ({ port }: { port: number }) => resolve({ port, pid: child.pid }));
        child.once("exit", (code) => reject(new Error(`${file} ended with ${code}.`)));
      });
    };
    const provider = await serve("serve-bytes.ts", {
      body: JSON.stringify(completion),
      headers: { "content-type": "application/json" },
    });
    const baseUrl = `http://127.0.0.1:${provider.port}/v1`;
    const key = await makeDeployment(baseUrl);
    const portkeyPort = await freePort();
    const portkey = await startPortkey(portkeyFolder, portkeyPort);
    children.push(portkey);

    const asked = { temperature: 0.2, max_tokens: 200, messages: [system, user] };
    const plain = JSON.stringify({ model: "answering-model", ...asked });
    const filled = JSON.stringify({
      model: "answers",
      ...asked,
      messages: [user],
      metadata: { user_id: "ada" },
    });
    const path = "/v1/chat/completions";
    const doors: Door[] = [
      { name: "direct", ...provider, path, headers: {}, body: plain },
      { name: "proxy", ...(await serve("serve-proxy.ts", provider)), path, headers: {}, body: plain },
      {
        name: "stemma",
        ...(await serve("serve-api.ts")),
        path,
        headers: { authorization: `Bearer ${key}` },
        body: filled,
      },
      {
        name: "portkey",
        pid: portkey.pid,
        port: portkeyPort,
        path,
        headers: {
          authorization: "Bearer none",
          "x-portkey-provider": "openai",
          "x-portkey-custom-host": baseUrl,
        },
        body: plain,
      },
    ];
    for (const door of doors) await drive(door, 16, warmUpCalls);
    const before = doors.map(cpuMs);
    const alone = await compare(doors, 1);
    const spentMs = new Map(
      doors.map((door, index) => [door.name, perCall(before[index]!, cpuMs(door), rounds * callsPerRound)]),
    );
    const spent = (name: string) => spentMs.get(name) ?? null;
    const cpuMsPerCall = { stemma: spent("stemma"), portkey: spent("portkey"), proxy: spent("proxy") };
    console.error("processor ms a call:", cpuMsPerCall);
    const at16 = await compare(doors, 16);
    return { ...alone, at16, cpuMsPerCall, calls: rounds * callsPerRound };
  } finally {
    for (const child of children) {
      if (child.connected) child.disconnect();
      else child.kill();
    }
    await discardEmbedded(join(folder, "postgres"));
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(doors: Door[], concurrency: number): Promise<Added> {
  const timesMs = new Map(doors.map(({ name }) => [name, [] as number[]]));
  // In turns, so that what else the machine does falls on all.
  for (let round = 0; round < rounds; round++) {
    for (const door of doors)
      timesMs.get(door.name)!.push(...(await drive(door, concurrency, callsPerRound)));
  }
  const at = (name: string, share: number) => {
    const sorted = timesMs.get(name)!.sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * share)]!;
  };
  for (const { name } of doors) {
    console.error(
      `${concurrency} at once, ${name}: p50 ${at(name, 0.5).toFixed(2)} ms, p99 ${at(name, 0.99).toFixed(2)} ms`,
    );
  }
  const added = (name: string, share: number) => rounded(at(name, share) - at("direct", share));
  return {
    addedP50Ms: added("stemma", 0.5),
    addedP99Ms: added("stemma", 0.99),
    portkeyAddedP50Ms: added("portkey", 0.5),
    portkeyAddedP99Ms: added("portkey", 0.99),
    proxyAddedP50Ms: added("proxy", 0.5),
    directP50Ms: rounded(at("direct", 0.5)),
  };
}

/** Makes so many calls over as many kept connections, and times each from its sending to its last byte. */
async function drive(door: Door, concurrency: number, count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const timesMs: number[] = [];
  let left = count;
  const work = async () => {
    while (left-- > 0) timesMs.push(await call(door, agent));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  agent.destroy();
  return timesMs;
}

function call({ name, port, path, headers, body }: Door, agent: Agent): Promise<number> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: "POST",
        agent,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () => {
          const isAnswer = response.statusCode === 200 && text.includes(completion.id);
          if (isAnswer) resolve(performance.now() - startedMs);
          else reject(new Error(`${name} answered ${response.statusCode}: ${text.slice(0, 500)}`));
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** Processor milliseconds of the door's process so far (proc(5): fields 14 and 15, in hundredths of a second). */
function cpuMs({ pid }: Door): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

function perCall(beforeMs: number | null, afterMs: number | null, calls: number): number | null {
  return beforeMs === null || afterMs === null ? null : rounded((afterMs - beforeMs) / calls);
}

async function makeDeployment(baseUrl: string): Promise<string> {
  const { ctx } = await makeProject();
  const connection = await saveConnection(ctx, { name: "provider", provider: "openai", baseUrl });
  const model = await createModel(ctx, { name: "answerer" });
  const { id: modelVersionId } = await createModelVersion(ctx, {
    model: model.name,
    connectionId: connection.id,
    providerModel: "answering-model",
    parameters: {},
  });
  const content = { type: "chat" as const, messages: [system] };
  await saveVersion(ctx, { name: "answers", content, labels: ["production"] });
  await saveDeployment(ctx, { name: "answers", promptName: "answers", modelVersionId });
  const { secretKey } = await makeApiKey(ctx, ["deployments:invoke"]);
  return secretKey;
}

async function startPortkey(folder: string, port: number): Promise<ChildProcess> {
  const script = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  const child = spawn(process.execPath, [script, `--port=${port}`, "--headless"], {
    stdio: "ignore",
    // It sends to private addresses only if told that they are trusted.
    env: { ...process.env, NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) return child;
    await sleep(100);
  }
  throw new Error("Portkey's gateway did not start.");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const system = {
  role: "system" as const,
  content: "You answer customers. Be brief, be kind, and cite the paragraph.",
};
const user = {
  role: "user" as const,
  content: "Where is my order? I sent it three weeks ago and nothing has come.",
};
const completion = {
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_790_000_000,
  model: "answering-model",
  choices: [
    {
      index: 0,
      finish_reason: "stop",
      message: {
        role: "assistant",
        content: "It left our house on Monday (§ 4) and should reach you today.",
        refusal: null,
      },
    },
  ],
  usage: { prompt_tokens: 41, completion_tokens: 16, total_tokens: 57 },
};

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
