import { beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { authenticate, identifyRequest } from "../authenticate.ts";
import { jsonError } from "../respond.ts";
import { newRoutes } from "../route.ts";
import { datasetRoutes } from "./datasets.ts";
import { evaluationRoutes } from "./evaluations.ts";

useDatabase();

const api = newRoutes();
api.use("*", identifyRequest);
api.onError((error, c) => jsonError(error, c.var.requestId));
api.use("/api/v1/*", authenticate);
api.route("/", datasetRoutes);
api.route("/", evaluationRoutes);

let ctx: Context;
let authorization: string;

beforeEach(async () => {
  ({ ctx } = await makeProject());
  ({ authorization } = await makeApiKey(ctx));
});

async function call(method: string, path: string, body?: unknown, type = "application/json") {
  const response = await api.request(path, {
    method,
    headers: { authorization, ...(body !== undefined && { "content-type": type }) },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function importCapitals() {
  await call("POST", "/api/v1/datasets", { name: "geo/capitals" });
  return call("POST", "/api/v1/datasets/geo%2Fcapitals/items", {
    items: [
      { key: "FR", input: { country: "France" }, expected: "Paris" },
      { key: "JP", input: { country: "Japan" }, expected: "Tokyo" },
    ],
    message: "First",
  });
}

test("a dataset is made, filled, read back by name and id, and paged", async () => {
  const imported = await importCapitals();
  expect(imported).toMatchObject({
    status: 201,
    body: { number: 1, itemCount: 2, isNew: true, addedCount: 2 },
  });
  const found = await call("GET", "/api/v1/datasets/geo%2Fcapitals");
  expect(found.body).toMatchObject({ name: "geo/capitals", latest: { number: 1, message: "First" } });
  const first = await call("GET", `/api/v1/datasets/${found.body.id}/items?limit=1`);
  expect(first.body.data).toMatchObject([{ key: "FR", expected: "Paris" }]);
  const rest = await call("GET", `/api/v1/datasets/${found.body.id}/items?cursor=${first.body.nextCursor}`);
  expect(rest.body).toMatchObject({ data: [{ key: "JP" }], nextCursor: null });
  expect((await call("GET", "/api/v1/datasets")).body.data).toHaveLength(1);
});

test("CSV and JSON lines are imported too; the same content again is 200", async () => {
  await importCapitals();
  const csv = "key,country,expected\nFR,France,Paris\nJP,Japan,Tokyo\n";
  const again = await call("POST", "/api/v1/datasets/geo%2Fcapitals/items?mode=replace", csv, "text/csv");
  expect([again.status, again.body.isNew, again.body.number]).toEqual([200, false, 1]);
  const line = '{"key":"BO","input":{"country":"Bolivia"},"expected":["Sucre","La Paz"]}';
  const more = await call("POST", "/api/v1/datasets/geo%2Fcapitals/items", line, "application/x-ndjson");
  expect([more.status, more.body.itemCount]).toEqual([201, 3]);
  const versions = await call("GET", "/api/v1/datasets/geo%2Fcapitals/versions");
  expect(versions.body.data.map((version: { number: number }) => version.number)).toEqual([2, 1]);
  const old = await call("GET", "/api/v1/datasets/geo%2Fcapitals/items?version=1");
  expect(old.body.data).toHaveLength(2);
});

test("an item from a trace remembers it", async () => {
  await importCapitals();
  const sourceTraceId = "c".repeat(32);
  const added = await call("POST", "/api/v1/datasets/geo%2Fcapitals/items/from-trace", {
    input: { country: "Peru" },
    sourceTraceId,
  });
  expect([added.status, added.body.number]).toEqual([201, 2]);
});

test.each([
  ["POST", "/api/v1/datasets", {}, 400, "name"],
  ["POST", "/api/v1/datasets/geo%2Fcapitals/items", { items: [{ input: 1 }, {}] }, 400, "items.1.input"],
  ["POST", "/api/v1/datasets/geo%2Fcapitals/items", { items: [{ input: 1, typo: 2 }] }, 400, "items.0"],
  ["POST", "/api/v1/datasets/none/items", { items: [{ input: 1 }] }, 404, undefined],
  ["GET", "/api/v1/datasets/none", undefined, 404, undefined],
  ["GET", "/api/v1/datasets/geo%2Fcapitals/items?version=9", undefined, 404, undefined],
  ["GET", "/api/v1/datasets/geo%2Fcapitals/items?cursor=x", undefined, 400, undefined],
  ["POST", "/api/v1/evaluations", { name: "x" }, 400, "datasetVersionId"],
  ["GET", "/api/v1/evaluations/nonsense", undefined, 404, undefined],
  ["POST", `/api/v1/evaluations/${newId()}/cancel`, undefined, 404, undefined],
])("%s %s with %j is answered %d", async (method, path, body, status, field) => {
  await importCapitals();
  const answer = await call(method, path, body);
  expect([answer.status, answer.body.error.issues[0]?.path]).toEqual([status, field]);
});

test("a body that is no JSON, and one of another type, are refused", async () => {
  await importCapitals();
  expect((await call("POST", "/api/v1/datasets/geo%2Fcapitals/items", "{")).status).toBe(400);
  const wrongType = await call("POST", "/api/v1/datasets/geo%2Fcapitals/items", "x", "text/plain");
  expect(wrongType.body.error.message).toBe("Unsupported Media Type");
  expect((await call("POST", "/api/v1/datasets", { name: "geo/capitals" })).status).toBe(409);
});

test("a key that may only read is refused with 403, and no key with 401", async () => {
  ({ authorization } = await makeApiKey(ctx, ["read"]));
  expect((await call("POST", "/api/v1/datasets", { name: "x" })).status).toBe(403);
  authorization = "Bearer nonsense";
  expect((await call("GET", "/api/v1/datasets")).status).toBe(401);
});

test("an evaluation is started, read, listed and canceled", async () => {
  const dataset = await importCapitals();
  const connection = await saveConnection(ctx, { name: "c", provider: "openai", baseUrl: "/rehearsal/v1" });
  await createModel(ctx, { name: "m" });
  const model = await createModelVersion(ctx, {
    model: "m",
    connectionId: connection.id,
    providerModel: "x",
  });
  const content = {
    type: "text" as const,
    text: "Capital of {{country}}?",
    variables: [{ name: "country" }],
  };
  const { version } = await saveVersion(ctx, { name: "p", content });
  const started = await call("POST", "/api/v1/evaluations", {
    name: "Which",
    datasetVersionId: dataset.body.id,
    candidates: [{ promptVersionId: version.id, modelVersionId: model.id }],
    evaluators: [{ type: "exact_match", name: "exact match" }],
  });
  expect(started).toMatchObject({ status: 201, body: { status: "queued", progress: { done: 0, total: 2 } } });
  const path = `/api/v1/evaluations/${started.body.id}`;
  const matrix = await call("GET", path);
  expect(matrix.body).toMatchObject({
    evaluation: { id: started.body.id },
    rows: [{ cells: { "exact match": { status: "not_estimable" } } }],
  });
  expect((await call("GET", `${path}?baseline=${newId()}`)).status).toBe(400);
  expect((await call("GET", `${path}/results`)).body).toEqual({ data: [], nextCursor: null });
  expect((await call("GET", "/api/v1/evaluations")).body.data).toHaveLength(1);
  expect((await call("POST", `${path}/cancel`)).body.status).toBe("canceled");
  expect((await call("POST", `${path}/cancel`)).status).toBe(409);
});
