import { beforeAll, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { spanOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import { authenticate, identifyRequest } from "../authenticate.ts";
import { jsonError } from "../respond.ts";
import { newRoutes } from "../route.ts";
import { scoreRoutes } from "./scores.ts";
import { traceRoutes } from "./traces.ts";

useDatabase();

const app = newRoutes();
app.use("*", identifyRequest, authenticate);
app.onError((error, c) => jsonError(error, c.var.requestId));
app.route("/", traceRoutes);
app.route("/", scoreRoutes);

let ctx: Context;
let authorization = "";
const traceIds = [newTraceId(), newTraceId(), newTraceId()];
beforeAll(async () => {
  ctx = (await makeProject()).ctx;
  authorization = (await makeApiKey(ctx)).authorization;
  await acceptSpans(
    ctx,
    traceIds.map((traceId, i) =>
      spanOfRaw(
        {
          traceId,
          spanId: newSpanId(),
          parentSpanId: null,
          name: i === 2 ? '=cmd|"x"' : "chat",
          kind: "client",
        },
        {
          resource: {},
          scope: { name: "t", version: null },
          attributes: {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "m",
            "user.id": `u${i}`,
            tags: ["a", `t${i}`],
          },
          events: [],
          links: [],
          startTimeUnixNano: `${Date.now() - 5000 + i}000000`,
          endTimeUnixNano: `${Date.now()}000000`,
          statusCode: 0,
          statusMessage: null,
        },
      ),
    ),
  );
});

async function request(method: string, path: string, body?: unknown, as = authorization) {
  const response = await app.request(path, {
    method,
    headers: { authorization: as, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.match(/^application\/json(;|$)/);
  return { status: response.status, text, json: isJson ? JSON.parse(text) : null, headers: response.headers };
}

async function strangerKey(): Promise<string> {
  const { ctx: stranger } = await makeProject();
  return (await makeApiKey(stranger)).authorization;
}

test("200: traces are searched by query parameters, a page at a time", async () => {
  const first = await request("GET", "/api/v1/traces?limit=2&model=m");
  expect(first.status).toBe(200);
  expect(first.json.data.map((trace: { traceId: string }) => trace.traceId)).toEqual([
    traceIds[2],
    traceIds[1],
  ]);
  const second = await request("GET", `/api/v1/traces?limit=2&model=m&cursor=${first.json.nextCursor}`);
  expect(second.json).toMatchObject({ data: [{ traceId: traceIds[0], userId: "u0" }], nextCursor: null });
  const tagged = await request("GET", "/api/v1/traces?tag=a&tag=t1&minLatencyMs=1&has=user");
  expect(tagged.json.data).toMatchObject([{ traceId: traceIds[1] }]);
});

test.each([
  ["limit=0", "limit"],
  ["from=yesterday", "from"],
  ["status=bad", "status"],
  ["cursor=zzz", "cursor"],
  ["score=helpful", "score"],
  ["has=nothing", "has.0"],
  ["promptVersionId=7", "promptVersionId"],
])("400 for ?%s, naming the field", async (query, path) => {
  const response = await request("GET", `/api/v1/traces?${query}`);
  expect(response.status).toBe(400);
  expect(response.json.error.issues[0].path).toBe(path);
});

test("200: one trace with its spans and scores; 404 for another project's and for nonsense", async () => {
  const { status, json } = await request("GET", `/api/v1/traces/${traceIds[0]}`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ traceId: traceIds[0], spans: [{ operation: "chat", requestModel: "m" }] });
  expect((await request("GET", `/api/v1/traces/${traceIds[0]}`, undefined, await strangerKey())).status).toBe(
    404,
  );
  expect((await request("GET", "/api/v1/traces/xyz")).status).toBe(404);
});

test("200: traces are counted, and sorted by what they took", async () => {
  expect((await request("GET", "/api/v1/traces/count?tag=a")).json).toEqual({ count: 3 });
  expect((await request("GET", "/api/v1/traces/count?tag=a", undefined, await strangerKey())).json).toEqual({
    count: 0,
  });
  const { json } = await request("GET", "/api/v1/traces?sort=slowest");
  const durations = json.data.map((trace: { durationUs: number }) => trace.durationUs);
  expect(durations).toEqual(durations.toSorted((a: number, b: number) => b - a));
  expect((await request("GET", "/api/v1/traces?sort=fastest")).status).toBe(400);
  const { status, json: refusal } = await request("GET", "/api/v1/traces/count?text=%3F%21");
  expect([status, refusal.error.issues[0].path]).toEqual([400, "text"]);
});

test("200: the values of a field with their counts; 400 for a field that is none", async () => {
  expect((await request("GET", "/api/v1/traces/values?field=model")).json).toEqual({
    data: [{ value: "m", traceCount: 3 }],
  });
  expect((await request("GET", "/api/v1/traces/values?field=userId&like=1")).json).toEqual({
    data: [{ value: "u1", traceCount: 1 }],
  });
  expect((await request("GET", "/api/v1/traces/values?field=secret")).status).toBe(400);
});

test("200: a long trace is read without content, and its spans one by one; 404 for another project", async () => {
  const { json } = await request("GET", `/api/v1/traces/${traceIds[0]}?content=none`);
  expect(json.spans).toMatchObject([{ name: "chat", traceId: traceIds[0] }]);
  expect(json.spans[0]).not.toHaveProperty("raw");
  const path = `/api/v1/traces/${traceIds[0]}/spans/${json.spans[0].spanId}`;
  expect((await request("GET", path)).json).toMatchObject({
    name: "chat",
    raw: { attributes: { "user.id": "u0" } },
  });
  expect((await request("GET", path, undefined, await strangerKey())).status).toBe(404);
  expect((await request("GET", `/api/v1/traces/${traceIds[0]}/spans/nonsense`)).status).toBe(404);
});

test("200: a trace's latency among its like; 404 for another project's", async () => {
  const path = `/api/v1/traces/${traceIds[0]}/latency-rank`;
  expect((await request("GET", path)).json).toMatchObject({ rank: { traceCount: 1, share: null } });
  expect((await request("GET", path, undefined, await strangerKey())).status).toBe(404);
});

test("200: charts, sessions, users and unlinked names", async () => {
  const range = `from=${new Date(Date.now() - 60_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`;
  const charts = await request("GET", `/api/v1/traces/charts?${range}`);
  expect(charts.json.counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(3);
  expect((await request("GET", "/api/v1/traces/charts")).status).toBe(400);
  expect((await request("GET", "/api/v1/sessions")).json).toEqual({ data: [], nextCursor: null });
  expect((await request("GET", "/api/v1/users")).json.data).toHaveLength(3);
  expect((await request("GET", "/api/v1/traces/unlinked")).json).toEqual({ data: [] });
  expect((await request("POST", "/api/v1/traces/relink")).json).toEqual({ relinked: 0 });
});

test("scores: recorded one or many, replaced under one id, listed, deleted", async () => {
  const traceId = traceIds[0]!;
  const one = await request("POST", "/api/v1/scores", {
    id: "mine",
    traceId,
    name: "helpful",
    value: true,
    comment: "ok",
  });
  expect([one.status, one.json]).toEqual([201, { ids: ["mine"] }]);
  await request("POST", "/api/v1/scores", { id: "mine", traceId, name: "helpful", value: false });
  const many = await request("POST", "/api/v1/scores", [
    { traceId, name: "speed", value: 0.5 },
    { sessionId: "s", name: "tone", value: "warm" },
  ]);
  expect(many.json.ids).toHaveLength(2);
  const { json } = await request("GET", `/api/v1/scores?traceId=${traceId}`);
  expect(json.data).toHaveLength(2);
  expect(json.data.find((score: { id: string }) => score.id === "mine")).toMatchObject({
    value: false,
    comment: null,
    source: "api",
    author: "test key",
  });
  const paged = await request("GET", "/api/v1/scores?limit=2");
  expect(paged.json.data).toHaveLength(2);
  expect(
    (await request("GET", `/api/v1/scores?limit=2&cursor=${paged.json.nextCursor}`)).json.data,
  ).toHaveLength(1);
  expect((await request("DELETE", "/api/v1/scores/mine", undefined, await strangerKey())).status).toBe(404);
  expect((await request("DELETE", "/api/v1/scores/mine")).status).toBe(204);
  expect((await request("DELETE", "/api/v1/scores/mine")).status).toBe(404);
});

test.each<[object, string]>([
  [{ name: "n", value: 1 }, "traceId"],
  [{ name: "n", value: 1, spanId: "00000000000000aa", sessionId: "s" }, "traceId"],
  [{ name: "n", value: 1, traceId: "xyz" }, "traceId"],
  [{ name: "", value: 1, sessionId: "s" }, "name"],
  [{ name: "rated", value: 7, sessionId: "s" }, "value"],
  [{ name: "rated", value: "high", sessionId: "s" }, "value"],
])("400 for the score %j, naming the field, and nothing is stored", async (score, path) => {
  const saved = await request("POST", "/api/v1/score-definitions", {
    name: "rated",
    type: "numeric",
    minimum: 1,
    maximum: 5,
  });
  expect(saved.status).toBe(201);
  const response = await request("POST", "/api/v1/scores", score);
  expect(response.status).toBe(400);
  expect(JSON.stringify(response.json.error.issues)).toContain(`"${path}"`);
});

test("a score that a definition refuses refuses its whole request", async () => {
  await request("POST", "/api/v1/score-definitions", {
    name: "kind",
    type: "categorical",
    categories: ["a", "b"],
  });
  const response = await request("POST", "/api/v1/scores", [
    { sessionId: "s9", name: "kind", value: "a" },
    { sessionId: "s9", name: "kind", value: "c" },
  ]);
  expect(response.status).toBe(400);
  expect(response.json.error.issues[0].path).toBe("1.value");
  expect((await request("GET", "/api/v1/scores?sessionId=s9")).json.data).toEqual([]);
  expect((await request("GET", "/api/v1/score-definitions")).json.data.length).toBeGreaterThan(0);
  expect((await request("DELETE", "/api/v1/score-definitions/kind")).status).toBe(204);
  expect((await request("DELETE", "/api/v1/score-definitions/kind")).status).toBe(404);
});

test("403: a key that writes traces and scores can neither read nor delete them", async () => {
  const { authorization: limited } = await makeApiKey(ctx, ["traces:write", "scores:write"]);
  expect((await request("GET", "/api/v1/traces", undefined, limited)).status).toBe(403);
  expect((await request("DELETE", `/api/v1/traces/${traceIds[0]}`, undefined, limited)).status).toBe(403);
  const { authorization: reader } = await makeApiKey(ctx, ["read"]);
  expect(
    (await request("POST", "/api/v1/scores", { sessionId: "s", name: "n", value: 1 }, reader)).status,
  ).toBe(403);
});

test("404: a deletion that is none", async () => {
  expect((await request("GET", "/api/v1/trace-deletions/x")).status).toBe(404);
});

test("deleting: 204 once, then 404; by user 200; 400 where nobody is named", async () => {
  expect((await request("DELETE", `/api/v1/traces/${traceIds[0]}`)).status).toBe(204);
  expect((await request("DELETE", `/api/v1/traces/${traceIds[0]}`)).status).toBe(404);
  expect((await request("DELETE", "/api/v1/traces")).status).toBe(400);
  expect((await request("DELETE", "/api/v1/traces?userId=u1")).json).toEqual({ deleted: 1 });
});
