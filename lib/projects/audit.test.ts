import { expect, test } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";

useDatabase();

test("making a key leaves one audit row that never holds the secret", async () => {
  const { ctx, projectId } = await makeProject();
  const key = await makeApiKey(ctx);
  const rows = await prisma().auditEvent.findMany({ where: { projectId } });
  expect(rows.map((row) => row.action)).toEqual(["api_key.created"]);
  expect(JSON.stringify(rows)).not.toContain(key.secretKey);
});
