import { expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { contentOf } from "#lib/prompts/testing-content.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { listPromotions } from "./list-promotions.ts";
import { moveLabel, removeLabel } from "./move-label.ts";
import { protectLabel, unprotectLabel } from "./protect-label.ts";
import { rollbackLabel } from "./rollback-label.ts";
import { setStage } from "./set-stage.ts";

useDatabase();

async function promptWithTwoVersions(role: Parameters<typeof makeProject>[0] = "owner") {
  const project = await makeProject(role);
  await saveVersion(project.ctx, { name: "p", content: contentOf("one"), labels: ["production"] });
  await saveVersion(project.ctx, { name: "p", content: contentOf("two") });
  return project;
}

test("a move keeps who, why and the evidence, in the history and in the audit log", async () => {
  const { ctx, projectId } = await promptWithTwoVersions();
  const evidence = { abTest: "tone", effect: 0.04, interval: [0.01, 0.07] };
  const moved = await moveLabel(ctx, {
    promptName: "p",
    label: "production",
    toVersion: 2,
    reason: "Better tone",
    evidence,
  });
  expect(moved).toEqual({
    promptName: "p",
    label: "production",
    fromVersion: 1,
    toVersion: 2,
    isMoved: true,
  });
  expect((await findVersion(ctx, { name: "p" })).number).toBe(2);
  const { data } = await listPromotions(ctx);
  expect(data.map((each) => [each.fromNumber, each.toNumber, each.reason, each.subjectName])).toEqual([
    [1, 2, "Better tone", "p"],
    [null, 1, "Saved with version 1", "p"],
  ]);
  expect(data[0]).toMatchObject({ evidence, actorName: "Ada Tester", target: "production" });
  expect(data[0]).not.toHaveProperty("projectId");
  expect(await prisma().auditEvent.count({ where: { projectId, action: "label.moved" } })).toBe(2);
});

test("moving a label to where it is writes nothing", async () => {
  const { ctx } = await promptWithTwoVersions();
  const moved = await moveLabel(ctx, { promptName: "p", label: "production", toVersion: 1, reason: "again" });
  expect(moved.isMoved).toBe(false);
  expect((await listPromotions(ctx)).data).toHaveLength(1);
});

test("a label that someone else moved meanwhile is not moved over, and nothing is left behind", async () => {
  const { ctx } = await promptWithTwoVersions();
  const move = moveLabel(ctx, {
    promptName: "p",
    label: "production",
    toVersion: 2,
    reason: "x",
    expectedFrom: null,
  });
  await expect(move).rejects.toMatchObject({ code: "conflict" });
  expect((await findVersion(ctx, { name: "p" })).number).toBe(1);
  expect((await listPromotions(ctx)).data).toHaveLength(1);
});

test("one click rolls back, and another one forward again", async () => {
  const { ctx } = await promptWithTwoVersions();
  await expect(rollbackLabel(ctx, { promptName: "p", label: "production" })).rejects.toMatchObject({
    code: "conflict",
  });
  await moveLabel(ctx, { promptName: "p", label: "production", toVersion: 2, reason: "x" });
  expect(await rollbackLabel(ctx, { promptName: "p", label: "production" })).toMatchObject({
    fromVersion: 2,
    toVersion: 1,
  });
  expect(await rollbackLabel(ctx, { promptName: "p", label: "production" })).toMatchObject({
    fromVersion: 1,
    toVersion: 2,
  });
});

test("a removed label can be set again by rolling back", async () => {
  const { ctx } = await promptWithTwoVersions();
  await removeLabel(ctx, { promptName: "p", label: "production", reason: "retired" });
  await expect(findVersion(ctx, { name: "p" })).rejects.toMatchObject({ code: "not_found" });
  await expect(removeLabel(ctx, { promptName: "p", label: "production", reason: "x" })).rejects.toMatchObject(
    { code: "not_found" },
  );
  expect(await rollbackLabel(ctx, { promptName: "p", label: "production" })).toMatchObject({
    fromVersion: null,
    toVersion: 1,
  });
});

test("a protected label is moved by the role it names, by no other, and not through a save either", async () => {
  const { ctx, projectId } = await promptWithTwoVersions();
  await protectLabel(ctx, { name: "production", role: "admin" });
  const editor = await personWith(projectId, "editor");
  const move = { promptName: "p", label: "production", toVersion: 2, reason: "x" };
  await expect(moveLabel(editor, move)).rejects.toMatchObject({ code: "forbidden" });
  await expect(
    saveVersion(editor, { name: "p", content: contentOf("three"), labels: ["production"] }),
  ).rejects.toMatchObject({ code: "forbidden" });
  expect(await prisma().promptVersion.count({ where: { projectId } })).toBe(2);
  const key = (scope: "prompts:write" | "admin") => ({
    projectId,
    actor: { type: "api_key" as const, id: newId(), name: "ci" },
    scopes: new Set([scope]),
  });
  await expect(moveLabel(key("prompts:write"), move)).rejects.toMatchObject({ code: "forbidden" });
  expect((await moveLabel(editor, { ...move, label: "staging" })).isMoved).toBe(true);
  expect((await moveLabel(key("admin"), move)).isMoved).toBe(true);
  await unprotectLabel(ctx, "production");
  expect((await moveLabel(editor, { ...move, toVersion: 1 })).isMoved).toBe(true);
});

test("ten moves at once leave a history that chains", async () => {
  const { ctx } = await promptWithTwoVersions();
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      moveLabel(ctx, { promptName: "p", label: "race", toVersion: 1 + (index % 2), reason: `move ${index}` }),
    ),
  );
  const { data } = await listPromotions(ctx, { target: "race" });
  const chain = data.toReversed();
  for (let index = 1; index < chain.length; index++)
    expect(chain[index]!.fromNumber).toBe(chain[index - 1]!.toNumber);
});

test("a stage may hold several model versions, unless the others are archived on the way", async () => {
  const { ctx, projectId } = await makeProject();
  const modelId = newId();
  const connectionId = newId();
  await prisma().model.create({ data: { id: modelId, projectId, name: "answerer" } });
  const ids = [newId(), newId(), newId()];
  for (const [index, id] of ids.entries()) {
    await prisma().modelVersion.create({
      data: {
        id,
        projectId,
        modelId,
        number: index + 1,
        connectionId,
        providerModel: "m",
        createdBy: "test",
      },
    });
  }
  const stageOf = async () =>
    (await prisma().modelVersion.findMany({ where: { modelId }, orderBy: { number: "asc" } })).map(
      (each) => each.stage,
    );
  await setStage(ctx, { modelVersionId: ids[0]!, stage: "Production", reason: "first" });
  await setStage(ctx, { modelVersionId: ids[1]!, stage: "Production", reason: "second" });
  expect(await stageOf()).toEqual(["Production", "Production", "None"]);
  const set = await setStage(ctx, {
    modelVersionId: ids[2]!,
    stage: "Production",
    reason: "best",
    archiveExisting: true,
  });
  expect(set).toMatchObject({ fromStage: "None", archivedVersions: [1, 2] });
  expect(await stageOf()).toEqual(["Archived", "Archived", "Production"]);
  expect((await listPromotions(ctx, { subject: "model_stage", subjectId: modelId })).data).toHaveLength(5);
  await expect(
    setStage((await makeProject()).ctx, { modelVersionId: ids[0]!, stage: "None", reason: "x" }),
  ).rejects.toMatchObject({ code: "not_found" });
});

async function personWith(projectId: string, role: "editor" | "viewer") {
  const person = await makeProject(role);
  if (person.ctx.actor.type !== "user") throw new Error("makeProject makes a person");
  await prisma().member.create({ data: { projectId, userId: person.ctx.actor.id, role } });
  return { ...person.ctx, projectId };
}
