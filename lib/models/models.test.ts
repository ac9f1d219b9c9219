import { expect, test } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { archiveConnection } from "./archive-connection.ts";
import { createModel } from "./create-model.ts";
import { createModelVersion } from "./create-model-version.ts";
import { openConnection } from "./open-connection.ts";
import { deletePrice, listPrices, loadPriceOverrides, savePrice } from "./prices.ts";
import { priceOf } from "./pricing.ts";
import { findModel, findModelVersion, findVersionByModelName, listConnections } from "./queries.ts";
import { saveConnection } from "./save-connection.ts";

useDatabase();

const openai = {
  name: "OpenAI",
  provider: "openai",
  baseUrl: "https://api.openai.com/v1/",
  apiKey: "sk-proj-secret-9876",
};

test("a key is sealed at rest, shown by its last four characters, and opens for a call", async () => {
  const { ctx, projectId } = await makeProject();
  const saved = await saveConnection(ctx, openai);
  expect(saved).toMatchObject({
    baseUrl: "https://api.openai.com/v1",
    hasKey: true,
    keyHint: "9876",
    isSimulated: false,
  });
  const row = await prisma().connection.findFirstOrThrow({ where: { projectId } });
  expect(JSON.stringify(row)).not.toContain("secret");
  expect(await openConnection(ctx, saved.id)).toEqual({
    baseUrl: saved.baseUrl,
    provider: "openai",
    apiKey: openai.apiKey,
  });
  const audit = await prisma().auditEvent.findMany({ where: { projectId } });
  expect(audit.map((event) => event.action)).toEqual(["connection.created"]);
  expect(JSON.stringify(audit)).not.toContain("secret");
});

test("a key stays unless it is changed, and never follows an address to another server", async () => {
  const { ctx } = await makeProject();
  const { id } = await saveConnection(ctx, openai);
  const { apiKey, ...withoutKey } = openai;
  await saveConnection(ctx, { ...withoutKey, id, name: "Renamed" });
  expect((await openConnection(ctx, id)).apiKey).toBe(apiKey);
  const moved = { ...withoutKey, id, baseUrl: "https://evil.example/v1" };
  await expect(saveConnection(ctx, moved)).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "apiKey" }],
  });
  await saveConnection(ctx, { ...moved, apiKey: null });
  expect((await openConnection(ctx, id)).apiKey).toBeNull();
});

test("another project's connection is not there", async () => {
  const { ctx } = await makeProject();
  const { ctx: stranger } = await makeProject();
  const { id } = await saveConnection(ctx, openai);
  await expect(openConnection(stranger, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(saveConnection(stranger, { ...openai, id })).rejects.toMatchObject({ code: "not_found" });
  expect(await listConnections(stranger)).toEqual([]);
});

test("a viewer may look and not change", async () => {
  const { ctx } = await makeProject("viewer");
  expect(await listConnections(ctx)).toEqual([]);
  await expect(saveConnection(ctx, openai)).rejects.toMatchObject({ code: "forbidden" });
});

test("a taken name is a conflict on that field", async () => {
  const { ctx } = await makeProject();
  await saveConnection(ctx, openai);
  await expect(saveConnection(ctx, openai)).rejects.toMatchObject({
    code: "conflict",
    issues: [{ path: "name" }],
  });
  await createModel(ctx, { name: "m" });
  await expect(createModel(ctx, { name: "m" })).rejects.toMatchObject({ code: "conflict" });
});

test("versions saved at once get the numbers 1 to n", async () => {
  const { ctx } = await makeProject();
  const connection = await saveConnection(ctx, openai);
  await createModel(ctx, { name: "writer" });
  const version = {
    model: "writer",
    connectionId: connection.id,
    providerModel: "gpt-4o-mini",
    parameters: { temperature: 0 },
  };
  const saved = await Promise.all(Array.from({ length: 6 }, () => createModelVersion(ctx, version)));
  expect(saved.map((each) => each.number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  const model = await findModel(ctx, "writer");
  expect(model.versions.map((each) => each.number)).toEqual([6, 5, 4, 3, 2, 1]);
  expect(await findModelVersion(ctx, saved[0]!.id)).toMatchObject({
    model: { name: "writer" },
    connection: { name: "OpenAI", provider: "openai", isSimulated: false },
    stage: "None",
    parameters: { temperature: 0 },
  });
});

test("a plain model name means the version in Production, else the newest", async () => {
  const { ctx, projectId } = await makeProject();
  const connection = await saveConnection(ctx, openai);
  await createModel(ctx, { name: "writer" });
  const version = () =>
    createModelVersion(ctx, { model: "writer", connectionId: connection.id, providerModel: "gpt-4o" });
  const first = await version();
  const second = await version();
  expect((await findVersionByModelName(projectId, "gpt-4o"))!.id).toBe(second.id);
  await prisma().modelVersion.update({ where: { id: first.id }, data: { stage: "Production" } });
  expect((await findVersionByModelName(projectId, "writer"))!.id).toBe(first.id);
  expect(await findVersionByModelName(projectId, "unknown")).toBeNull();
});

test("archiving a connection forgets its key, and waits for versions in use", async () => {
  const { ctx } = await makeProject();
  const connection = await saveConnection(ctx, openai);
  await createModel(ctx, { name: "writer" });
  const { id } = await createModelVersion(ctx, {
    model: "writer",
    connectionId: connection.id,
    providerModel: "gpt-4o",
  });
  await prisma().modelVersion.update({ where: { id }, data: { stage: "Staging" } });
  await expect(archiveConnection(ctx, connection.id)).rejects.toMatchObject({ code: "conflict" });
  await prisma().modelVersion.update({ where: { id }, data: { stage: "None" } });
  expect(await archiveConnection(ctx, connection.id)).toMatchObject({ hasKey: false, keyHint: null });
  await expect(openConnection(ctx, connection.id)).rejects.toMatchObject({ code: "conflict" });
  await expect(
    createModelVersion(ctx, { model: "writer", connectionId: connection.id, providerModel: "x" }),
  ).rejects.toMatchObject({ code: "conflict" });
});

test("a project's own price is used, and can be removed", async () => {
  const { ctx, projectId } = await makeProject();
  const saved = await savePrice(ctx, { pattern: "my-*", inputPerMillion: 3, outputPerMillion: 6 });
  const usage = {
    inputTokens: 1e6,
    outputTokens: 0,
    cachedInputTokens: null,
    cacheWriteInputTokens: null,
    reasoningOutputTokens: null,
  };
  expect(priceOf(usage, "my-finetune", new Date(), await loadPriceOverrides(projectId))).toBe(3);
  await savePrice(ctx, { pattern: "my-*", inputPerMillion: 4, outputPerMillion: 6 });
  expect(await listPrices(ctx)).toMatchObject([{ id: saved.id, inputPerMillion: 4 }]);
  await deletePrice(ctx, saved.id);
  expect(await listPrices(ctx)).toEqual([]);
});
