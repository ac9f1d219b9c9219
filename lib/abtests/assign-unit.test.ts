import { expect, test } from "vitest";
import { sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { draftInput } from "./abtest.fixture.ts";
import { assignUnit } from "./assign-unit.ts";
import { createAbTest } from "./create-ab-test.ts";
import { forgetDefinition } from "./definition-cache.ts";
import { pauseAbTest } from "./pause-ab-test.ts";
import { startAbTest } from "./start-ab-test.ts";
import { stopAbTest } from "./stop-ab-test.ts";
import { exposeUnit } from "./store/expose-unit.ts";
import { updateDraft } from "./update-draft.ts";

useDatabase();

async function running(changes: Parameters<typeof draftInput>[1] = {}) {
  const { ctx } = await makeProject();
  await createAbTest(ctx, await draftInput(ctx, changes));
  return { ctx, abTest: await startAbTest(ctx, "greeting-tone") };
}

test("a unit keeps its variant when the weights change afterwards", async () => {
  const { ctx, abTest } = await running();
  const units = Array.from({ length: 40 }, (_, i) => `user-${i}`);
  const before = await Promise.all(units.map((unit) => assignUnit(ctx, "greeting-tone", unit)));
  await prisma().abVariant.updateMany({ where: { abTestId: abTest.id, key: "A" }, data: { weight: 0.01 } });
  await prisma().abVariant.updateMany({ where: { abTestId: abTest.id, key: "B" }, data: { weight: 0.99 } });
  forgetDefinition(ctx.projectId, "greeting-tone");
  const after = await Promise.all(units.map((unit) => assignUnit(ctx, "greeting-tone", unit)));
  expect(after).toEqual(before);
  const [stored] = await sql()`
    select count(*) as units, count(distinct variant_key) as variants from ab_unit where ab_test_id = ${abTest.id}`;
  expect(stored).toEqual({ units: 40, variants: 2 });
});

test("of many first assignments at once one is stored and all get it", async () => {
  const { ctx, abTest } = await running();
  const exposures = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      exposeUnit({
        projectId: ctx.projectId,
        abTestId: abTest.id,
        unitId: "ada",
        // As if the processes knew different weights.
        variantKey: i % 2 ? "A" : "B",
        phase: 1,
        hashVersion: 3,
        propensities: [0.5, 0.5],
        attributes: {},
        at: new Date(),
      }),
    ),
  );
  expect(new Set(exposures.map((exposure) => exposure.variantKey)).size).toBe(1);
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => assignUnit(ctx, "greeting-tone", "ada")),
  );
  expect(new Set(answers.map((answer) => answer.variantKey))).toEqual(new Set([exposures[0]!.variantKey]));
});

test("the exposure says phase, propensities and hash version", async () => {
  const { ctx, abTest } = await running({ coverage: 1 });
  const answer = await assignUnit(ctx, "greeting-tone", "ada", { country: "DE" });
  const [row] = await sql()`select * from ab_unit where ab_test_id = ${abTest.id}`;
  expect(row).toMatchObject({
    unit_id: "ada",
    variant_key: answer.variantKey,
    phase: 1,
    hash_version: 3,
    propensities: [0.5, 0.5],
    attributes: { country: "DE" },
  });
});

test("units outside the coverage get the control and are not counted", async () => {
  const { ctx, abTest } = await running({ coverage: 0.1 });
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => assignUnit(ctx, "greeting-tone", `user-${i}`)),
  );
  const outside = answers.filter((answer) => !answer.isInTest);
  expect(outside.length).toBeGreaterThan(150);
  expect(new Set(outside.map((answer) => answer.variantKey))).toEqual(new Set(["A"]));
  const [row] = await sql()`select count(*) as units from ab_unit where ab_test_id = ${abTest.id}`;
  expect(row!.units).toBe(200 - outside.length);
});

test("a paused test serves the control to all; started again, units have their old variants", async () => {
  const { ctx } = await running();
  const units = Array.from({ length: 20 }, (_, i) => `user-${i}`);
  const assign = () => Promise.all(units.map((unit) => assignUnit(ctx, "greeting-tone", unit)));
  const before = await assign();
  await pauseAbTest(ctx, "greeting-tone", "too slow");
  expect((await assign()).every((each) => each.variantKey === "A" && !each.isInTest)).toBe(true);
  await startAbTest(ctx, "greeting-tone");
  expect(await assign()).toEqual(before);
  await stopAbTest(ctx, "greeting-tone");
  await expect(startAbTest(ctx, "greeting-tone")).rejects.toMatchObject({ code: "conflict" });
});

test.each([
  { unit: "", says: "unit" },
  { unit: "x".repeat(10_240), says: "512 bytes" },
])("a unit of $unit.length characters is refused, naming the field", async ({ unit, says }) => {
  const { ctx } = await running();
  await expect(assignUnit(ctx, "greeting-tone", unit)).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(says),
    issues: [{ path: "unit" }],
  });
});

test("an unknown test and another project's test are not found", async () => {
  const { ctx } = await running();
  const { ctx: stranger } = await makeProject();
  await expect(assignUnit(ctx, "nothing", "ada")).rejects.toMatchObject({ code: "not_found" });
  await expect(assignUnit(stranger, "greeting-tone", "ada")).rejects.toMatchObject({ code: "not_found" });
});

test("a viewer cannot create, a draft cannot assign, a started test cannot be edited", async () => {
  const { ctx: viewer } = await makeProject("viewer");
  const input = await draftInput(viewer);
  await expect(createAbTest(viewer, input)).rejects.toMatchObject({ code: "forbidden" });
  const { ctx } = await makeProject();
  const draft = await draftInput(ctx);
  await createAbTest(ctx, draft);
  await expect(createAbTest(ctx, draft)).rejects.toMatchObject({ code: "conflict" });
  await expect(assignUnit(ctx, "greeting-tone", "ada")).rejects.toMatchObject({ code: "conflict" });
  const { key: _, ...fields } = draft;
  expect((await updateDraft(ctx, "greeting-tone", { ...fields, name: "New name" })).name).toBe("New name");
  await startAbTest(ctx, "greeting-tone");
  await expect(updateDraft(ctx, "greeting-tone", fields)).rejects.toMatchObject({ code: "conflict" });
});

test("a variant whose version this project does not have is refused by name", async () => {
  const { ctx } = await makeProject();
  const { ctx: stranger } = await makeProject();
  const input = await draftInput(ctx);
  await expect(createAbTest(stranger, input)).rejects.toMatchObject({
    code: "invalid_input",
    issues: expect.arrayContaining([expect.objectContaining({ path: "variants.1.promptVersionId" })]),
  });
});

test("identical variants start only when the warning is accepted; overlapping namespaces never", async () => {
  const { ctx } = await makeProject();
  const input = await draftInput(ctx);
  const namespace = { name: "greetings", start: 0, end: 0.6 };
  await createAbTest(ctx, {
    ...input,
    variants: [input.variants[0]!, input.variants[0]!],
    assignment: { namespace },
  });
  await expect(startAbTest(ctx, "greeting-tone")).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("A/A"),
  });
  await startAbTest(ctx, "greeting-tone", { acceptsWarnings: true });
  await createAbTest(ctx, {
    ...input,
    key: "second",
    assignment: { namespace: { ...namespace, start: 0.5, end: 1 } },
  });
  await expect(startAbTest(ctx, "second", { acceptsWarnings: true })).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "assignment.namespace" }],
  });
});
