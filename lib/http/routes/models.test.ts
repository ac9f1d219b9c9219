import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "#lib/ingest/gateway/gateway.fixture.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { authenticate, identifyRequest } from "../authenticate.ts";
import { jsonError } from "../respond.ts";
import { newRoutes } from "../route.ts";
import { connectionsRoutes } from "./connections.ts";
import { deploymentsRoutes } from "./deployments.ts";
import { modelsRoutes } from "./models.ts";

useDatabase();
// The connection test calls this server's own rehearsal provider.
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const app = newRoutes();
app.use("*", identifyRequest);
app.onError((error, c) => jsonError(error, c.var.requestId));
app.use("*", authenticate);
for (const routes of [connectionsRoutes, modelsRoutes, deploymentsRoutes]) app.route("/", routes);

async function makeCaller(scopes: Parameters<typeof makeApiKey>[1] = ["admin"]) {
  const { ctx } = await makeProject();
  const { authorization } = await makeApiKey(ctx, scopes);
  return async (method: string, path: string, body?: unknown) => {
    const response = await app.request(`/api/v1${path}`, {
      method,
      headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  };
}

const rehearsal = { name: "rehearsal", provider: "rehearsal", baseUrl: "/rehearsal/v1" };

test("200, 201, 204: a connection, a model, its version and a deployment, from first to last", async () => {
  const call = await makeCaller();
  const connection = await call("POST", "/connections", rehearsal);
  expect(connection).toMatchObject({ status: 200, body: { isSimulated: true, hasKey: false } });
  const tested = await call("POST", `/connections/${connection.body.id}/test`);
  expect(tested.body).toMatchObject({
    isReachable: true,
    models: expect.arrayContaining(["rehearsal-small"]),
  });

  expect((await call("POST", "/models", { name: "geographer" })).status).toBe(201);
  const version = {
    connectionId: connection.body.id,
    providerModel: "rehearsal-small",
    parameters: { temperature: 0.2 },
  };
  const saved = await call("POST", "/models/geographer/versions", version);
  expect(saved).toMatchObject({ status: 201, body: { number: 1, stage: "None" } });
  expect((await call("GET", "/models/geographer/versions/1")).body).toEqual(saved.body);
  expect((await call("GET", "/models")).body.data[0].versions).toEqual([saved.body]);

  const deployment = { name: "plain", modelVersionId: saved.body.id };
  expect(await call("POST", "/deployments", deployment)).toMatchObject({
    status: 200,
    body: {
      name: "plain",
      prompt: null,
      modelVersion: { modelName: "geographer", number: 1, isSimulated: true },
    },
  });
  expect((await call("GET", "/deployments")).body).toMatchObject({
    data: [{ name: "plain" }],
    nextCursor: null,
  });
  expect((await call("DELETE", "/deployments/plain")).status).toBe(204);
  expect((await call("GET", "/deployments/plain")).status).toBe(404);

  const price = await call("PUT", "/model-prices", {
    pattern: "x*",
    inputPerMillion: 1,
    outputPerMillion: 2,
  });
  expect((await call("DELETE", `/model-prices/${price.body.id}`)).status).toBe(204);
  expect((await call("DELETE", "/models/geographer")).status).toBe(204);
  expect((await call("DELETE", `/connections/${connection.body.id}`)).body.archivedAt).not.toBeNull();
});

test("a connection that cannot be reached says so", async () => {
  const call = await makeCaller();
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/v1`;
  gone.close();
  const { body } = await call("POST", "/connections", { ...rehearsal, baseUrl });
  const { status, body: tested } = await call("POST", `/connections/${body.id}/test`);
  expect([status, tested.isReachable]).toEqual([200, false]);
  expect(tested.message).toContain("cannot be reached");
});

test.each<[string, string, unknown, string]>([
  ["POST", "/connections", { ...rehearsal, baseUrl: "ftp://x" }, "baseUrl"],
  ["POST", "/connections", { ...rehearsal, name: "" }, "name"],
  ["POST", "/models", {}, "name"],
  ["POST", "/models/m/versions", { connectionId: "x", providerModel: "y" }, "connectionId"],
  ["POST", "/deployments", { name: "d" }, "modelVersionId"],
  ["POST", "/deployments", { name: "a b", modelVersionId: crypto.randomUUID() }, "name"],
  ["POST", "/deployments", { name: "d", abTestKey: "none" }, "abTestKey"],
  ["PUT", "/model-prices", { pattern: "a*b", inputPerMillion: 1, outputPerMillion: 1 }, "pattern"],
])("400: %s %s names the field", async (method, path, body, field) => {
  const { status, body: answer } = await (await makeCaller())(method, path, body);
  expect([status, answer.error.issues[0].path]).toEqual([400, field]);
});

test("401 without a key, 403 without the scope, 404 for what is not there, 409 for a taken name", async () => {
  expect((await app.request("/api/v1/models")).status).toBe(401);
  const reader = await makeCaller(["read"]);
  expect((await reader("GET", "/models")).status).toBe(200);
  expect((await reader("POST", "/models", { name: "m" })).status).toBe(403);
  const call = await makeCaller();
  for (const path of ["/models/none", "/models/none/versions/1", "/connections/none", "/deployments/none"]) {
    expect((await call("GET", path)).status, path).toBe(404);
  }
  await call("POST", "/models", { name: "m" });
  expect((await call("POST", "/models", { name: "m" })).status).toBe(409);
});
