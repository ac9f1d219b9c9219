import { expect, test } from "vitest";
import { listApiKeys, revokeApiKey } from "#lib/projects/api-keys.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { api } from "./api.ts";

useDatabase();

test("no key, an unknown key and half a key are 401 with a JSON body and a challenge", async () => {
  const headers: Record<string, string>[] = [
    {},
    { authorization: "Bearer sk-stemma-unknown" },
    { authorization: "Basic bm9jb2xvbg==" },
    { authorization: "nonsense" },
  ];
  for (const header of headers) {
    const response = await api.request("/api/v1/prompts", { headers: header });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect((await response.json()).error.code).toBe("unauthenticated");
  }
});

test("both halves work as Basic, the secret half as Bearer", async () => {
  const { ctx } = await makeProject();
  const { publicKey, secretKey, authorization } = await makeApiKey(ctx, ["read"]);
  const basic = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;
  for (const header of [basic, authorization]) {
    const response = await api.request("/api/v1/prompts", { headers: { authorization: header } });
    expect(response.status).toBe(200);
  }
});

test("an unknown path says where the reference is", async () => {
  const response = await api.request("/api/nothing-here");
  expect(response.status).toBe(404);
  expect((await response.json()).error.message).toContain("/api/reference");
});

test("the OpenAPI document names every machine route and the page shows it without the internet", async () => {
  const document = await (await api.request("/api/openapi.json")).json();
  expect(document.openapi).toBe("3.1.0");
  for (const path of [
    "/api/v1/prompts",
    "/api/v1/traces",
    "/api/v1/scores",
    "/api/v1/datasets",
    "/api/v1/ab-tests",
  ]) {
    expect(Object.keys(document.paths)).toContain(path);
  }
  const page = await (await api.request("/api/reference")).text();
  expect(page).not.toMatch(/https?:\/\//);
  expect((await api.request("/api/reference/swagger-ui-bundle.js")).status).toBe(200);
  expect((await api.request("/api/reference/package.json")).status).toBe(404);
});

test("a revoked key is refused at once", async () => {
  const { ctx } = await makeProject();
  const key = await makeApiKey(ctx, ["read"]);
  const send = () => api.request("/api/v1/prompts", { headers: { authorization: key.authorization } });
  expect((await send()).status).toBe(200);
  const [row] = await listApiKeys(ctx);
  await revokeApiKey(ctx, row!.id);
  expect((await send()).status).toBe(401);
});

test("malformed JSON and a wrong field are 400, and the field is named", async () => {
  const { ctx } = await makeProject();
  const { authorization } = await makeApiKey(ctx);
  const send = (body: string) =>
    api.request("/api/v1/datasets", {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body,
    });
  const broken = await send("{nope");
  expect(broken.status).toBe(400);
  expect((await broken.json()).error.code).toBe("invalid_input");
  const wrong = await send(JSON.stringify({ name: 7 }));
  expect(wrong.status).toBe(400);
  expect((await wrong.json()).error.issues[0].path).toBe("name");
});
