import type { OpenAPIHono } from "@hono/zod-openapi";
import { beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { authenticate, identifyRequest } from "../authenticate.ts";
import { jsonError } from "../respond.ts";
import { type ApiEnv, newRoutes } from "../route.ts";
import { promptRoutes } from "./prompts.ts";
import { registryRoutes } from "./registry.ts";

useDatabase();

const api: OpenAPIHono<ApiEnv> = newRoutes();
api.use("*", identifyRequest);
api.onError((error, c) => jsonError(error, c.var.requestId));
api.use("/api/v1/*", authenticate);
api.route("/", promptRoutes);
api.route("/", registryRoutes);

let ctx: Context;
let authorization: string;

beforeEach(async () => {
  ({ ctx } = await makeProject());
  ({ authorization } = await makeApiKey(ctx));
});

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await api.request(path, {
    method,
    headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

const save = (name: string, text: string, more: object = {}) =>
  call("POST", "/api/v1/prompts", {
    name,
    content: { type: "chat", messages: [{ role: "user", content: text }] },
    ...more,
  });

test("201 for a new version, 200 with isNew false for content it has", async () => {
  const first = await save("support/triage", "Sort {{ticket}}", { labels: ["production"], message: "First" });
  expect([first.status, first.body.number, first.body.isNew, first.body.labels]).toEqual([
    201,
    1,
    true,
    ["production"],
  ]);
  const again = await save("support/triage", "Sort {{ticket}}");
  expect([again.status, again.body.number, again.body.isNew]).toEqual([200, 1, false]);
});

test("a name's slashes may be raw or encoded, and a name may end like a subresource", async () => {
  await save("a/b/versions", "x", { labels: ["production"] });
  await save("a/b", "y", { labels: ["production"] });
  expect((await call("GET", "/api/v1/prompts/a%2Fb")).body.name).toBe("a/b");
  expect((await call("GET", "/api/v1/prompts/a/b")).body.name).toBe("a/b");
  expect((await call("GET", "/api/v1/prompts/a%2Fb%2Fversions")).body.name).toBe("a/b/versions");
  expect((await call("GET", "/api/v1/prompts/a/b/versions")).body.data).toHaveLength(1);
  expect((await call("GET", "/api/v1/prompts/a%2Fb/history")).body.data).toHaveLength(1);
});

test("304 for what the caller holds, until a label moves", async () => {
  await save("p", "one", { labels: ["production"] });
  const first = await call("GET", "/api/v1/prompts/p");
  const headers = { "if-none-match": first.headers.get("etag")! };
  expect((await call("GET", "/api/v1/prompts/p", undefined, headers)).status).toBe(304);
  await save("p", "two");
  expect((await call("GET", "/api/v1/prompts/p", undefined, headers)).status).toBe(304);
  await call("PUT", "/api/v1/prompts/p/labels/production", { toVersion: 2, reason: "Better" });
  const after = await call("GET", "/api/v1/prompts/p", undefined, headers);
  expect([after.status, after.body.number]).toEqual([200, 2]);
});

test("compiling answers the messages, and names the variable that is missing", async () => {
  await save("p", "Sort {{ticket}}", { labels: ["production"] });
  const compiled = await call("POST", "/api/v1/prompts/p/compile", { variables: { ticket: "<it & that>" } });
  expect(compiled.body).toMatchObject({
    number: 1,
    messages: [{ role: "user", content: "Sort <it & that>" }],
    text: null,
  });
  const missing = await call("POST", "/api/v1/prompts/p/compile?version=1", {});
  expect([missing.status, missing.body.error.issues[0].path]).toEqual([400, "variables.ticket"]);
});

test("labels are moved, rolled back and removed; each move is in the history", async () => {
  await save("p", "one", { labels: ["production"] });
  await save("p", "two");
  const moved = await call("PUT", "/api/v1/prompts/p/labels/production", { toVersion: 2, reason: "x" });
  expect(moved.body).toMatchObject({ fromVersion: 1, toVersion: 2, isMoved: true });
  const back = await call("POST", "/api/v1/prompts/p/labels/production/rollback");
  expect(back.body).toMatchObject({ fromVersion: 2, toVersion: 1 });
  expect((await call("DELETE", "/api/v1/prompts/p/labels/production?reason=retired")).status).toBe(200);
  expect((await call("GET", "/api/v1/promotions?subject=prompt_label")).body.data).toHaveLength(4);
  const reverted = await call("POST", "/api/v1/prompts/p/revert", { toNumber: 1 });
  expect([reverted.status, reverted.body.number]).toEqual([201, 3]);
});

test("a prompt is renamed and listed", async () => {
  await save("old", "one", { tags: ["billing"] });
  expect((await call("PATCH", "/api/v1/prompts/old", { name: "folder/new" })).body.name).toBe("folder/new");
  expect((await call("GET", "/api/v1/prompts/old?version=1")).body.name).toBe("folder/new");
  expect((await call("GET", "/api/v1/prompts?folder=folder&tag=billing")).body.data).toHaveLength(1);
});

test("400 names the field", async () => {
  const issuesOf = async (body: unknown) => {
    const answer = await call("POST", "/api/v1/prompts", body);
    return [answer.status, answer.body.error.code, answer.body.error.issues[0]?.path];
  };
  const content = { type: "text", text: "x" };
  expect(await issuesOf({ content })).toEqual([400, "invalid_input", "name"]);
  expect(await issuesOf({ name: "p" })).toEqual([400, "invalid_input", "content"]);
  expect(
    await issuesOf({ name: "p", content: { type: "chat", messages: [{ role: "sistem", content: "x" }] } }),
  ).toEqual([400, "invalid_input", "content.messages.0.role"]);
  expect(await issuesOf({ name: "p", content: { ...content, parameters: { temperature: 3 } } })).toEqual([
    400,
    "invalid_input",
    "content.parameters.temperature",
  ]);
  expect(await issuesOf({ name: "p", content: { type: "text", text: "{{un" } })).toEqual([
    400,
    "invalid_input",
    "content.text",
  ]);
  expect(await issuesOf({ name: "p", content, labels: ["latest"] })).toEqual([
    400,
    "invalid_input",
    "labels.0",
  ]);
  expect((await call("POST", "/api/v1/prompts", "{")).status).toBe(400);
  expect((await call("GET", "/api/v1/prompts/p?version=x")).status).toBe(400);
});

test("401 without a key, 403 without the scope, 404 for another project, 409 and 413", async () => {
  await save("p", "one", { labels: ["production"] });
  expect(
    (await call("GET", "/api/v1/prompts/p", undefined, { authorization: "Bearer nonsense" })).status,
  ).toBe(401);
  const reader = await makeApiKey(ctx, ["prompts:read"]);
  const asReader = { authorization: reader.authorization };
  expect((await call("GET", "/api/v1/prompts/p", undefined, asReader)).status).toBe(200);
  expect(
    (await call("PUT", "/api/v1/prompts/p/labels/production", { toVersion: 1, reason: "x" }, asReader))
      .status,
  ).toBe(403);
  const stranger = await makeApiKey((await makeProject()).ctx);
  expect(
    (await call("GET", "/api/v1/prompts/p", undefined, { authorization: stranger.authorization })).status,
  ).toBe(404);
  expect((await save("p", "two", { expectedLatest: 7 })).status).toBe(409);
  expect((await save("p", "x".repeat(1_100_000))).status).toBe(413);
});

test("a protected label is refused to a key that may not move it, by every route", async () => {
  await save("p", "one", { labels: ["production"] });
  await save("p", "two");
  expect((await call("PUT", "/api/v1/protected-labels/production", { role: "admin" })).status).toBe(200);
  const writer = await makeApiKey(ctx, ["prompts:write", "read"]);
  const headers = { authorization: writer.authorization };
  const attempts = [
    ["PUT", "/api/v1/prompts/p/labels/production", { toVersion: 2, reason: "x" }],
    ["POST", "/api/v1/prompts/p/labels/production/rollback", {}],
    ["DELETE", "/api/v1/prompts/p/labels/production?reason=x", undefined],
    [
      "POST",
      "/api/v1/prompts",
      {
        name: "p",
        content: { type: "chat", messages: [{ role: "user", content: "3" }] },
        labels: ["production"],
      },
    ],
  ] as const;
  await call("PUT", "/api/v1/prompts/p/labels/production", { toVersion: 2, reason: "admin" });
  for (const [method, path, body] of attempts)
    expect((await call(method, path, body, headers)).status).toBe(403);
  expect((await call("GET", "/api/v1/prompts/p")).body.number).toBe(2);
  expect((await call("GET", "/api/v1/protected-labels")).body.data).toEqual([
    { name: "production", role: "admin" },
  ]);
  expect((await call("DELETE", "/api/v1/protected-labels/production")).status).toBe(204);
});

test("a model version's stage is set", async () => {
  const id = newId();
  const modelId = newId();
  await prisma().model.create({ data: { id: modelId, projectId: ctx.projectId, name: "m" } });
  const version = {
    id,
    projectId: ctx.projectId,
    modelId,
    number: 1,
    connectionId: newId(),
    providerModel: "m",
    createdBy: "t",
  };
  await prisma().modelVersion.create({ data: version });
  const set = await call("PATCH", `/api/v1/model-versions/${id}/stage`, {
    stage: "Production",
    reason: "best",
  });
  expect(set.body).toEqual({
    modelVersionId: id,
    fromStage: "None",
    stage: "Production",
    archivedVersions: [],
  });
  expect(
    (await call("PATCH", "/api/v1/model-versions/nonsense/stage", { stage: "None", reason: "x" })).status,
  ).toBe(404);
  expect(
    (await call("PATCH", `/api/v1/model-versions/${id}/stage`, { stage: "Prod", reason: "x" })).status,
  ).toBe(400);
});

test("the document names each path once, with {name}", async () => {
  const document = api.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "", version: "" } });
  const paths = Object.keys(document.paths ?? {}).filter((path) => path.startsWith("/api/v1/prompts"));
  expect(paths).toContain("/api/v1/prompts/{name}/labels/{label}");
  expect(paths.filter((path) => path.includes(".+"))).toEqual([]);
});
