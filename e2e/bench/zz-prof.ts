import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { discardEmbedded, startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { setRuntime } from "#lib/env.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { get, load } from "./http-load.ts";

const f = "/tmp/dbgpg/postgres";
const d = await startEmbedded({ folder: f, password: "x" });
await migrate(d.url);
setRuntime({ databaseUrl: d.url, secretHex: "5".repeat(64) });
const { ctx } = await makeProject();
const { authorization } = await makeApiKey(ctx);
const names = Array.from({ length: 100 }, (_, i) => `support/answer-${i}`);
for (const name of names)
  await saveVersion(ctx, {
    name,
    content: { type: "text", text: "Be brief, be kind, and cite the paragraph. ".repeat(25) },
    labels: ["production"],
  });
const child = fork("e2e/bench/serve-api.ts", {
  execArgv: process.argv[2] === "prof" ? ["--cpu-prof", "--cpu-prof-dir=/tmp/prof"] : [],
  env: { ...process.env, DATABASE_URL: d.url, STEMMA_SECRET: "5".repeat(64) },
});
const port = await new Promise<number>((r) => child.once("message", (m: any) => r(m.port)));
const requests = names.map((n) => get(`/api/v1/prompts/${n}?label=production`, { authorization }));
const cpu = () => {
  const p = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(p[11]) + Number(p[12])) * 10;
};
await load({ port, requests, connections: 8, seconds: 4 });
const c0 = cpu();
const t0 = performance.now();
const r = await load({ port, requests, connections: 8, seconds: 6 });
const n = (r.perSecond * (performance.now() - t0)) / 1000;
const ms = cpu() - c0;
console.log(r, "cpu ms", ms, "us/request", ((ms * 1000) / n).toFixed(1));
const bare = fork("e2e/bench/serve-bytes.ts");
const body = await (
  await fetch(`http://127.0.0.1:${port}/api/v1/prompts/${names[1]}`, { headers: { authorization } })
).text();
bare.send({
  body,
  headers: { "content-type": "application/json", etag: "x", "cache-control": "private, no-cache" },
});
const bport = await new Promise<number>((r) => bare.once("message", (m: any) => r(m.port)));
const bcpu = () => {
  const p = readFileSync(`/proc/${bare.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(p[11]) + Number(p[12])) * 10;
};
await load({ port: bport, requests, connections: 8, seconds: 1 });
const b0 = bcpu();
const bt = performance.now();
const br = await load({ port: bport, requests, connections: 8, seconds: 4 });
const bn = (br.perSecond * (performance.now() - bt)) / 1000;
console.log("bare", br, "us/request", (((bcpu() - b0) * 1000) / bn).toFixed(1));
bare.disconnect();
child.disconnect();
await new Promise((r) => child.once("exit", r));
await d.stop();
await discardEmbedded(f);
process.exit(0);
