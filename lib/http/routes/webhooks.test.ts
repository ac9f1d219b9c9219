import { beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { authenticate, identifyRequest } from "../authenticate.ts";
import { jsonError } from "../respond.ts";
import { newRoutes } from "../route.ts";
import { webhookRoutes } from "./webhooks.ts";

useDatabase();

const api = newRoutes();
api.use("*", identifyRequest);
api.onError((error, c) => jsonError(error, c.var.requestId));
api.use("/api/v1/*", authenticate);
api.route("/", webhookRoutes);

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
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

const input = { url: "https://example.com/hooks", events: ["ab_test.harm"] };

test("a webhook is made with a secret that is answered once, changed, listed and deleted", async () => {
  const made = await call("POST", "/api/v1/webhooks", input);
  expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/) } });
  const path = `/api/v1/webhooks/${made.body.webhook.id}`;
  expect(await call("PATCH", path, { isEnabled: false })).toMatchObject({
    status: 200,
    body: { isEnabled: false, url: input.url },
  });
  const listed = await call("GET", "/api/v1/webhooks");
  expect(listed.body.data).toHaveLength(1);
  expect(JSON.stringify(listed.body)).not.toContain("whsec_");
  expect((await call("GET", `${path}/deliveries`)).body).toEqual({ data: [], nextCursor: null });
  expect((await call("DELETE", path)).status).toBe(204);
  expect((await call("DELETE", path)).status).toBe(404);
});

test.each([
  [{ ...input, url: "http://169.254.169.254/" }, "url"],
  [{ ...input, url: "http://localhost:99999" }, "url"],
  [{ ...input, url: "https://user:secret@example.com" }, "url"],
  [{ ...input, url: "http://127.0.0.1:3000/" }, "url"],
  [{ ...input, events: [] }, "events"],
  [{ ...input, events: ["ab_test.unheard_of"] }, "events.0"],
])("400 for %o names %s", async (body, path) => {
  expect(await call("POST", "/api/v1/webhooks", body)).toMatchObject({
    status: 400,
    body: { error: { code: "invalid_input", issues: [{ path }] } },
  });
});

test("401 without a key, 403 without admin, 404 for another project's", async () => {
  expect((await call("GET", "/api/v1/webhooks", undefined, "Bearer nothing")).status).toBe(401);
  const editor = await makeApiKey(ctx, ["read", "abtests:write"]);
  expect((await call("POST", "/api/v1/webhooks", input, editor.authorization)).status).toBe(403);
  const made = await call("POST", "/api/v1/webhooks", input);
  const { ctx: stranger } = await makeProject();
  const foreign = await makeApiKey(stranger);
  const path = `/api/v1/webhooks/${made.body.webhook.id}`;
  expect((await call("PATCH", path, { isEnabled: false }, foreign.authorization)).status).toBe(404);
  expect((await call("POST", `${path}/test`, undefined, foreign.authorization)).status).toBe(404);
});
