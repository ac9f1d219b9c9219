import { expect, test } from "vitest";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { saveVersion } from "./save-version.ts";
import { contentOf } from "./testing-content.ts";
import { deleteVariableSet, listVariableSets, saveVariableSet } from "./variable-sets.ts";

useDatabase();

test("a set is kept by name, replaced, and deleted", async () => {
  const { ctx } = await makeProject();
  await saveVersion(ctx, { name: "p", content: contentOf("{{q}}") });
  const save = (name: string, q: string) => saveVariableSet(ctx, { promptName: "p", name, values: { q } });
  await save("long", "a long question");
  await save("angry", "WHY?");
  const sets = await save("angry", "WHY NOT?");
  expect(sets.map(({ name, values }) => [name, values])).toEqual([
    ["angry", { q: "WHY NOT?" }],
    ["long", { q: "a long question" }],
  ]);
  expect(await deleteVariableSet(ctx, { promptName: "p", name: "angry" })).toMatchObject([{ name: "long" }]);
  await expect(deleteVariableSet(ctx, { promptName: "p", name: "angry" })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("another project's sets are not found", async () => {
  const { ctx } = await makeProject();
  const other = await makeProject();
  await saveVersion(ctx, { name: "p", content: contentOf("{{q}}") });
  await expect(listVariableSets(other.ctx, "p")).rejects.toMatchObject({ code: "not_found" });
});
