import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { setRuntime } from "#lib/env.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { runOf } from "#lib/playground/playground.fixture.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { api } from "../api.ts";

useDatabase();
let origin = "";
let close = () => {};
beforeAll(async () => {
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: api.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started));
  });
  const { port } = server.address() as AddressInfo;
  setRuntime({ port });
  origin = `http://127.0.0.1:${port}`;
  close = () => server.close();
});
afterAll(() => close());

async function makeModel(ctx: Context, baseUrl: string, providerModel: string) {
  const connection = await saveConnection(ctx, { name: "provider", provider: "rehearsal", baseUrl });
  await createModel(ctx, { name: "geographer" });
  return createModelVersion(ctx, { model: "geographer", connectionId: connection.id, providerModel });
}

function post(path: string, authorization: string | null, body: unknown, signal?: AbortSignal) {
  return fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization && { authorization }) },
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal,
  });
}

test("200: all cells of a run come over one answer, a JSON object a line", async () => {
  const { ctx } = await makeProject();
  const model = await makeModel(ctx, "/rehearsal/v1", "rehearsal-large@1000x");
  const { authorization } = await makeApiKey(ctx);
  const run = runOf([{ modelVersionId: model.id }, { modelVersionId: model.id }]);
  const response = await post("/api/v1/playground/runs", authorization, run);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("application/x-ndjson");
  const lines = (await response.text()).split("\n").filter((line) => line !== "");
  const events = lines.map((line) => JSON.parse(line));
  expect(events[0]).toEqual({ type: "run", runId: run.runId, cells: ["a/single/0", "b/single/0"] });
  expect(events.at(-1)).toEqual({ type: "end" });
  expect(events.filter((event) => event.type === "answer").map((event) => event.answer.text)).toEqual([
    "Oslo",
    "Oslo",
  ]);
});

test("400, 401, 403 and 404: a run that cannot be made has its own status and no stream", async () => {
  const { ctx } = await makeProject();
  const model = await makeModel(ctx, "/rehearsal/v1", "rehearsal-large@1000x");
  const { authorization } = await makeApiKey(ctx);
  const path = "/api/v1/playground/runs";
  const statusOf = async (key: string | null, body: unknown) => (await post(path, key, body)).status;
  expect(await statusOf(authorization, { ...runOf([{ modelVersionId: model.id }]), rows: [] })).toBe(400);
  expect(await statusOf(null, runOf([{ modelVersionId: model.id }]))).toBe(401);
  const reader = await makeApiKey(ctx, ["read"]);
  expect(await statusOf(reader.authorization, runOf([{ modelVersionId: model.id }]))).toBe(403);
  const stranger = await makeApiKey((await makeProject()).ctx);
  expect(await statusOf(stranger.authorization, runOf([{ modelVersionId: model.id }]))).toBe(404);
});

test("whoever hangs up stops the calls, and a stop by name does too", async () => {
  let aborted = 0;
  const silent = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "Well" } }] })}\n\n`);
    response.on("close", () => {
      aborted += 1;
    });
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { ctx } = await makeProject();
  const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`;
  const model = await makeModel(ctx, address, "silent");
  const { authorization } = await makeApiKey(ctx);

  const tab = new AbortController();
  const left = await post(
    "/api/v1/playground/runs",
    authorization,
    runOf([{ modelVersionId: model.id }, { modelVersionId: model.id }]),
    tab.signal,
  );
  const reader = left.body!.getReader();
  let read = "";
  while (read.split('"text":"Well"').length < 3)
    read += new TextDecoder().decode((await reader.read()).value);
  tab.abort();
  await reader.read().catch(() => {});
  await expect.poll(() => aborted).toBe(2);

  const run = runOf([{ modelVersionId: model.id }]);
  const running = await post("/api/v1/playground/runs", authorization, run);
  const lines = running.body!.getReader();
  let text = "";
  while (!text.includes("Well")) text += new TextDecoder().decode((await lines.read()).value);
  const stopped = await post(`/api/v1/playground/runs/${run.runId}/stop`, authorization, {});
  expect(await stopped.json()).toEqual({ stopped: 1 });
  for (let part = await lines.read(); !part.done; part = await lines.read()) {
    text += new TextDecoder().decode(part.value);
  }
  expect(text).toContain('"status":"stopped"');
  await expect.poll(() => aborted).toBe(3);
  silent.close();
});
