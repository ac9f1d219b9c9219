import { expect, test } from "vitest";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";

process.env.STEMMA_REQUESTS_PER_SECOND = "2";
const { api } = await import("./api.ts");

useDatabase();

test("a key that is too fast is told when to come back, and another key is not slowed by it", async () => {
  const { ctx } = await makeProject();
  const fast = await makeApiKey(ctx, ["read"]);
  const other = await makeApiKey(ctx, ["read"]);
  const send = (key: { authorization: string }) => api.request("/api/v1/prompts", { headers: key });
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => send({ authorization: fast.authorization })),
  );
  const refused = answers.filter((answer) => answer.status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(7);
  expect(Number(refused[0]!.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect((await send({ authorization: other.authorization })).status).toBe(200);
});
