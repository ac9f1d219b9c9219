import { expect, test } from "vitest";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import type { Context } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { moveLabel } from "#lib/registry/move-label.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { deleteDeployment } from "./delete-deployment.ts";
import { findDeployment, listDeployments } from "./queries.ts";
import { resolveDeployment } from "./resolve-deployment.ts";
import { saveDeployment } from "./save-deployment.ts";

useDatabase();

const nobody = { unit: null, sessionId: null, attributes: {} };

async function makeServing() {
  const { ctx, projectId } = await makeProject();
  const connection = await saveConnection(ctx, {
    name: "rehearsal",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  await createModel(ctx, { name: "m" });
  const model = await createModelVersion(ctx, {
    model: "m",
    connectionId: connection.id,
    providerModel: "rehearsal-small",
  });
  const first = await savePrompt(ctx, "one", ["production"]);
  const second = await savePrompt(ctx, "two");
  return { ctx, projectId, model, first, second };
}

async function savePrompt(ctx: Context, text: string, labels: string[] = []) {
  const content = { type: "text" as const, text };
  return (await saveVersion(ctx, { name: "p", content, labels })).version;
}

test("a label is followed from the next call on, a pinned version stays", async () => {
  const { ctx, model, first, second } = await makeServing();
  await saveDeployment(ctx, { name: "by-label", promptName: "p", modelVersionId: model.id });
  await saveDeployment(ctx, { name: "pinned", promptVersionId: first.id, modelVersionId: model.id });
  const served = async (name: string) => (await resolveDeployment(ctx, name, nobody))!.promptVersion!.number;
  expect([await served("by-label"), await served("pinned")]).toEqual([1, 1]);
  await moveLabel(ctx, { promptName: "p", label: "production", toVersion: second.number, reason: "better" });
  expect([await served("by-label"), await served("pinned")]).toEqual([2, 1]);
  expect(await findDeployment(ctx, "by-label")).toMatchObject({
    prompt: { name: "p", label: "production", versionNumber: 2 },
  });
  expect(await findDeployment(ctx, "pinned")).toMatchObject({ prompt: { label: null, versionNumber: 1 } });
});

test("each change is one row of the audit log, with what it was before", async () => {
  const { ctx, projectId, model } = await makeServing();
  await saveDeployment(ctx, { name: "d", modelVersionId: model.id });
  await saveDeployment(ctx, { name: "d", modelVersionId: model.id, isEnabled: false });
  await deleteDeployment(ctx, "d");
  const rows = await prisma().auditEvent.findMany({
    where: { projectId, subjectType: "deployment" },
    orderBy: { id: "asc" },
  });
  expect(rows.map((row) => row.action)).toEqual([
    "deployment.created",
    "deployment.changed",
    "deployment.deleted",
  ]);
  expect(rows[1]).toMatchObject({ before: { isEnabled: true }, after: { isEnabled: false } });
  expect((await listDeployments(ctx)).data).toEqual([]);
});

test("a deployment of a test that has not started has nothing to serve, one with a model serves that", async () => {
  const { ctx, model, first, second } = await makeServing();
  await createAbTest(ctx, {
    key: "t",
    name: "T",
    variants: [first, second].map(({ id }) => ({ promptVersionId: id, modelVersionId: model.id })),
    metrics: { success: [{ metric: "latency_ms" }] },
  });
  await saveDeployment(ctx, { name: "test-only", abTestKey: "t" });
  await saveDeployment(ctx, { name: "both", abTestKey: "t", promptName: "p", modelVersionId: model.id });
  const caller = { ...nobody, unit: "u1" };
  await expect(resolveDeployment(ctx, "test-only", caller)).rejects.toMatchObject({ code: "conflict" });
  expect(await resolveDeployment(ctx, "both", caller)).toMatchObject({
    promptVersion: { number: 1 },
    assignment: null,
  });
});

test("another project's prompt, model and deployment are not there", async () => {
  const { ctx, model, first } = await makeServing();
  const { ctx: stranger } = await makeProject();
  await saveDeployment(ctx, { name: "d", modelVersionId: model.id });
  expect(await resolveDeployment(stranger, "d", nobody)).toBeNull();
  await expect(findDeployment(stranger, "d")).rejects.toMatchObject({ code: "not_found" });
  for (const input of [
    { modelVersionId: model.id },
    { promptVersionId: first.id, modelVersionId: model.id },
  ]) {
    await expect(saveDeployment(stranger, { name: "d", ...input })).rejects.toMatchObject({
      code: "invalid_input",
    });
  }
});

test("a viewer may look and not change", async () => {
  const { ctx } = await makeProject("viewer");
  expect((await listDeployments(ctx)).data).toEqual([]);
  await expect(deleteDeployment(ctx, "d")).rejects.toMatchObject({ code: "forbidden" });
  await expect(resolveDeployment(ctx, "d", nobody)).rejects.toMatchObject({ code: "forbidden" });
});
