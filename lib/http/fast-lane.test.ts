import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setRuntime } from "#lib/env.ts";
import { drainGateway } from "#lib/ingest/gateway/trace-queue.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { api } from "./api.ts";
import { answerMachine } from "./listener.ts";

useDatabase();

const server = createServer(answerMachine);
let origin = "";
let authorization = "";
let digest = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  setRuntime({ port });
  origin = `http://127.0.0.1:${port}`;
  const { ctx } = await makeProject();
  ({ authorization } = await makeApiKey(ctx));
  const saved = await saveVersion(ctx, {
    name: "support/triage é",
    content: { type: "text", text: "Sort {{ticket}}.", variables: [{ name: "ticket" }] },
    labels: ["production"],
  });
  digest = saved.version.digest;
  const connection = await saveConnection(ctx, {
    name: "rehearsal",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  await createModel(ctx, { name: "m" });
  const providerModel = "rehearsal-small@1000x";
  await createModelVersion(ctx, { model: "m", connectionId: connection.id, providerModel });
});

afterAll(async () => {
  await drainGateway();
  server.close();
});

const name = "support/triage%20%C3%A9";
const messages = [{ role: "user", content: "What is the capital of Norway? Answer with only the name." }];
const body = (fields: object) => JSON.stringify({ model: "m", messages, temperature: 0, ...fields });
const same = { headers: {} as Record<string, string>, method: "GET", body: undefined as string | undefined };

test.each<[what: string, path: () => string, asked: Partial<typeof same>, status: number]>([
  ["a prompt by its default label", () => `/api/v1/prompts/${name}`, {}, 200],
  ["a name whose slash is escaped", () => `/api/v1/prompts/${name.replace("/", "%2F")}`, {}, 200],
  ["by label", () => `/api/v1/prompts/${name}?label=latest`, {}, 200],
  ["by number", () => `/api/v1/prompts/${name}?version=1`, {}, 200],
  ["by digest", () => `/api/v1/prompts/${name}?digest=${digest}`, {}, 200],
  ["what the caller holds", () => `/api/v1/prompts/${name}`, { headers: { "if-none-match": "*" } }, 304],
  ["its versions", () => `/api/v1/prompts/${name}/versions`, {}, 200],
  ["the list", () => "/api/v1/prompts?limit=1", {}, 200],
  ["a label that is not there", () => `/api/v1/prompts/${name}?label=none`, {}, 404],
  ["a prompt that is not there", () => "/api/v1/prompts/none", {}, 404],
  ["a version that is no number", () => `/api/v1/prompts/${name}?version=x`, {}, 400],
  ["a name that is no encoding", () => "/api/v1/prompts/%E0%A4%A", {}, 404],
  ["a wrong key", () => `/api/v1/prompts/${name}`, { headers: { authorization: "Bearer no" } }, 401],
  ["no key", () => `/api/v1/prompts/${name}`, { headers: { authorization: "" } }, 401],
  ["a call", () => "/v1/chat/completions", { method: "POST", body: body({}) }, 200],
  ["a stream", () => "/v1/chat/completions", { method: "POST", body: body({ stream: true }) }, 200],
  ["no JSON", () => "/v1/chat/completions", { method: "POST", body: "{" }, 400],
  ["no model", () => "/v1/chat/completions", { method: "POST", body: body({ model: "x" }) }, 404],
  [
    "a call with a wrong key",
    () => "/v1/chat/completions",
    { method: "POST", body: "{}", headers: { authorization: "Bearer no" } },
    401,
  ],
])("%s is answered on Node's own sockets as by the routes", async (_, path, asked, status) => {
  const init = {
    method: asked.method ?? "GET",
    body: asked.body,
    headers: { authorization, "content-type": "application/json", ...asked.headers },
  };
  const [fast, routed] = await Promise.all([
    fetch(origin + path(), init),
    api.fetch(new Request(origin + path(), init)),
  ]);
  expect(fast.status).toBe(status);
  expect(routed.status).toBe(status);
  for (const header of ["content-type", "etag", "cache-control", "x-stemma-model-version"]) {
    expect(fast.headers.get(header), header).toBe(routed.headers.get(header));
  }
  expect(unnamed(await fast.text())).toBe(unnamed(await routed.text()));
});

/** Without what differs from request to request. */
function unnamed(text: string): string {
  return text
    .replaceAll(/"(?:requestId|id|system_fingerprint)":"[^"]*"/g, "")
    .replaceAll(/"created":\d+/g, "");
}

test("a body over the limit is refused before it is held, and the connection is not used again", async () => {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization },
    body: new Uint8Array(65 * 1024 * 1024),
  }).catch((error: Error) => error);
  // Refused while it is still being sent, a client may see the connection close before it sees the answer.
  if (response instanceof Error) expect(String(response.cause)).toMatch(/EPIPE|ECONNRESET|closed/);
  else {
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: "request_too_large" } });
  }
});
