import { expect, test } from "vitest";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { contentOf } from "#lib/prompts/testing-content.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { api } from "../api.ts";

useDatabase();

test("200 tells where a prompt is included and what has moved on, 404 without such a prompt, 401 without a key", async () => {
  const { ctx } = await makeProject();
  const { authorization } = await makeApiKey(ctx);
  const text = (words: string) => contentOf({ type: "text", text: words });
  await saveVersion(ctx, { name: "tone", content: text("kind"), labels: ["production"] });
  await saveVersion(ctx, { name: "main", content: text("{{> tone}}") });
  await saveVersion(ctx, { name: "tone", content: text("brief"), labels: ["production"] });
  const get = async (name: string, headers: Record<string, string> = { authorization }) => {
    const response = await api.request(`/api/v1/prompt-includes?name=${name}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  expect(await get("main")).toEqual({
    status: 200,
    body: {
      updates: [{ reference: "tone", name: "tone", pinnedNumber: 1, currentNumber: 2 }],
      users: [],
    },
  });
  expect((await get("tone")).body).toMatchObject({
    updates: [],
    users: [{ name: "main", number: 1, isLatest: true, labels: [], reference: "tone", pinnedNumber: 1 }],
  });
  expect((await get("nowhere")).status).toBe(404);
  expect((await get("main", {})).status).toBe(401);
});

test("an image is kept (201), fetched (200) and refused (400, 404)", async () => {
  const { ctx } = await makeProject();
  const { authorization } = await makeApiKey(ctx);
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  const post = (body: BodyInit) =>
    api.request("/api/v1/images", {
      method: "POST",
      headers: { authorization, "content-type": "image/png" },
      body,
    });
  const kept = await post(png);
  expect(kept.status).toBe(201);
  const { url } = (await kept.json()) as { url: string };
  const digest = url.replace("stemma-image:", "");
  const fetched = await api.request(`/api/v1/images/${digest}`, { headers: { authorization } });
  expect(fetched.headers.get("content-type")).toBe("image/png");
  expect(fetched.headers.get("x-content-type-options")).toBe("nosniff");
  expect(Buffer.from(await fetched.arrayBuffer()).equals(png)).toBe(true);
  expect((await post("<svg/>")).status).toBe(400);
  const other = `/api/v1/images/${"0".repeat(64)}`;
  expect((await api.request(other, { headers: { authorization } })).status).toBe(404);
  expect((await api.request(`/api/v1/images/${digest}`)).status).toBe(401);
});
