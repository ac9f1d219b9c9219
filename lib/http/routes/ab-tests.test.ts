import { beforeEach, expect, test } from "vitest";
import { draftInput } from "#lib/abtests/abtest.fixture.ts";
import { reportJson } from "#lib/abtests/api-schema.ts";
import { approvePromotion } from "#lib/abtests/approve-promotion.ts";
import type { Context } from "#lib/core/context.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { authenticate, identifyRequest } from "../authenticate.ts";
import { jsonError } from "../respond.ts";
import { newRoutes } from "../route.ts";
import { abTestRoutes } from "./ab-tests.ts";

useDatabase();

const api = newRoutes();
api.use("*", identifyRequest);
api.onError((error, c) => jsonError(error, c.var.requestId));
api.use("/api/v1/*", authenticate);
api.route("/", abTestRoutes);

let ctx: Context;
let authorization: string;

beforeEach(async () => {
  ({ ctx } = await makeProject());
  ({ authorization } = await makeApiKey(ctx));
});

async function call(method: string, path: string, body?: unknown, key = authorization) {
  const response = await api.request(path, {
    method,
    headers: { authorization: key, ...(body !== undefined && { "content-type": "application/json" }) },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

test("a test is made, started, assigns with ready span attributes, reports, and is promoted", async () => {
  const created = await call("POST", "/api/v1/ab-tests", await draftInput(ctx));
  expect(created).toMatchObject({
    status: 201,
    body: { key: "greeting-tone", status: "draft", variants: [{ key: "A", weight: 0.5 }, { key: "B" }] },
  });
  expect((await call("POST", "/api/v1/ab-tests/greeting-tone/start")).body.status).toBe("running");

  const assigned = await call("POST", "/api/v1/ab-tests/greeting-tone/assign", {
    unit: "ada",
    variables: {},
  });
  expect(assigned.status).toBe(200);
  expect(assigned.body.messages[0].content).toMatch(/^Hello [01]$/);
  expect(assigned.body.spanAttributes).toMatchObject({
    "gen_ai.prompt.name": "greeting",
    "gen_ai.prompt.version": String(assigned.body.prompt.version),
    "gen_ai.request.model": "rehearsal-small",
    "stemma.ab_test.key": "greeting-tone",
    "stemma.ab_test.variant": assigned.body.variantKey,
    "stemma.ab_test.unit": "ada",
  });
  const definition = await call("GET", "/api/v1/ab-tests/greeting-tone/definition");
  expect(definition.body).toMatchObject({ seed: "greeting-tone", hashVersion: 3, phase: 1 });

  const report = await call("GET", "/api/v1/ab-tests/greeting-tone/report");
  expect(report.status).toBe(200);
  expect(reportJson.parse(report.body).verdict.state).toBe("collecting");

  const promotion = { variantKey: "B", label: "production", reason: "We know." };
  const refused = await call("POST", "/api/v1/ab-tests/greeting-tone/promote", promotion);
  expect(refused).toMatchObject({
    status: 409,
    body: { error: { issues: [{ path: "againstVerdictReason" }] } },
  });
  const reasoned = { ...promotion, againstVerdictReason: "The deadline is today." };
  expect(await call("POST", "/api/v1/ab-tests/greeting-tone/promote", reasoned)).toMatchObject({
    status: 409,
    body: { error: { issues: [{ path: "approval" }] } },
  });
  const asked = await call("POST", "/api/v1/ab-tests/greeting-tone/promotions", reasoned);
  expect(asked).toMatchObject({ status: 201, body: { status: "requested" } });
  const waiting = `/api/v1/ab-tests/greeting-tone/promotions/${asked.body.id}`;
  expect(await call("POST", `${waiting}/approve`)).toMatchObject({ status: 403 });
  expect(await call("POST", `${waiting}/decline`, {})).toMatchObject({
    status: 400,
    body: { error: { issues: [{ path: "note" }] } },
  });
  expect(await call("POST", `${waiting}/withdraw`)).toMatchObject({
    status: 200,
    body: { status: "withdrawn" },
  });
  const { body: promotions } = await call("GET", "/api/v1/ab-tests/greeting-tone/promotions");
  expect(promotions.data).toMatchObject([{ status: "withdrawn", variantKey: "B" }]);
  const { body: log } = await call("GET", "/api/v1/ab-tests/greeting-tone/decisions");
  expect(log.data.map((entry: { kind: string }) => entry.kind)).toEqual([
    "created",
    "started",
    "promotion_requested",
    "promotion_withdrawn",
  ]);
  expect(log.data[1].evidence.designHash).toMatch(/^[0-9a-f]{64}$/);
  expect((await call("POST", "/api/v1/ab-tests/greeting-tone/rollback")).status).toBe(409);
  await promote(reasoned);
  expect((await call("GET", "/api/v1/ab-tests/greeting-tone")).body).toMatchObject({
    status: "concluded",
    winnerVariantKey: "B",
  });
  expect((await call("GET", "/api/v1/ab-tests?status=concluded")).body.data).toHaveLength(1);
});

/** A second member approves what is asked for: there is no other way against the verdict. */
async function promote(order: Record<string, unknown>): Promise<void> {
  const { body } = await call("POST", "/api/v1/ab-tests/greeting-tone/promotions", order);
  const grace: Context = { ...ctx, actor: { type: "user", id: "grace", name: "Grace" } };
  await approvePromotion(grace, { key: "greeting-tone", promotionId: body.id });
}

test("traffic is changed, the test amended and checked, each with its own refusals", async () => {
  await call("POST", "/api/v1/ab-tests", await draftInput(ctx));
  const path = "/api/v1/ab-tests/greeting-tone";
  expect((await call("GET", `${path}/check`)).body.findings).toMatchObject([{ level: "note" }]);
  expect((await call("POST", `${path}/traffic`, { coverage: 1, reason: "All" })).status).toBe(409);
  await call("POST", `${path}/start`);
  expect(
    await call("POST", `${path}/traffic`, { weights: { A: 0.5, B: 0.6 }, reason: "More" }),
  ).toMatchObject({
    status: 400,
    body: { error: { issues: [{ path: "weights" }] } },
  });
  const changed = await call("POST", `${path}/traffic`, { weights: { A: 0.2, B: 0.8 }, reason: "More" });
  expect(changed.body.phases).toHaveLength(2);
  expect(await call("PATCH", path, { maximumDays: 60, reason: "Holidays" })).toMatchObject({
    status: 200,
    body: { design: { maximumDays: 60 } },
  });
  expect((await call("PATCH", path, { maximumDays: 60 })).status).toBe(400);
});

test("pause, resume and stop, with and without a body", async () => {
  await call("POST", "/api/v1/ab-tests", await draftInput(ctx));
  expect((await call("POST", "/api/v1/ab-tests/greeting-tone/pause")).status).toBe(409);
  await call("POST", "/api/v1/ab-tests/greeting-tone/start", {});
  expect((await call("POST", "/api/v1/ab-tests/greeting-tone/pause", { reason: "slow" })).body.status).toBe(
    "paused",
  );
  expect((await call("POST", "/api/v1/ab-tests/greeting-tone/start")).body.status).toBe("running");
  expect((await call("POST", "/api/v1/ab-tests/greeting-tone/stop")).body.status).toBe("stopped");
});

test("400 names the field", async () => {
  const input = await draftInput(ctx);
  const weights = input.variants.map((variant) => ({ ...variant, weight: 0.3 }));
  expect(await call("POST", "/api/v1/ab-tests", { ...input, variants: weights })).toMatchObject({
    status: 400,
    body: { error: { code: "invalid_input", issues: [{ path: "variants" }] } },
  });
  expect((await call("POST", "/api/v1/ab-tests", "{")).status).toBe(400);
  await call("POST", "/api/v1/ab-tests", input);
  await call("POST", "/api/v1/ab-tests/greeting-tone/start");
  expect(
    await call("POST", "/api/v1/ab-tests/greeting-tone/assign", { unit: "x".repeat(10_240) }),
  ).toMatchObject({ status: 400, body: { error: { issues: [{ path: "unit" }] } } });
});

test("401 without a key, 403 without the scope, 404 for another project's test, 409 for a key that is taken", async () => {
  const input = await draftInput(ctx);
  await call("POST", "/api/v1/ab-tests", input);
  expect((await call("GET", "/api/v1/ab-tests/greeting-tone", undefined, "Bearer nothing")).status).toBe(401);
  const reader = await makeApiKey(ctx, ["read"]);
  expect((await call("POST", "/api/v1/ab-tests", input, reader.authorization)).status).toBe(403);
  expect((await call("POST", "/api/v1/ab-tests", input)).status).toBe(409);
  const { ctx: stranger } = await makeProject();
  const foreign = await makeApiKey(stranger);
  for (const path of ["", "/definition", "/report"])
    expect(
      (await call("GET", `/api/v1/ab-tests/greeting-tone${path}`, undefined, foreign.authorization)).status,
    ).toBe(404);
});

test("the routes describe themselves in OpenAPI 3.1", () => {
  const document = abTestRoutes.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "t", version: "1" },
  });
  expect(Object.keys(document.paths ?? {})).toContain("/api/v1/ab-tests/{key}/report");
});
