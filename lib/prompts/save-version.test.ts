import { expect, test } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { deleteDraft, findOptionalDraft, saveDraft } from "./drafts.ts";
import { findPrompt } from "./find-prompt.ts";
import { findVersion, findVersionById } from "./find-version.ts";
import { listFolder, listPromptFacets, listPrompts } from "./list-prompts.ts";
import { listVersions } from "./list-versions.ts";
import { revertVersion } from "./revert-version.ts";
import { saveVersion } from "./save-version.ts";
import { contentOf } from "./testing-content.ts";
import { updatePrompt } from "./update-prompt.ts";

useDatabase();

test("twenty saves at once give twenty numbers, each once, in one prompt", async () => {
  const { ctx, projectId } = await makeProject();
  const saves = Array.from({ length: 20 }, (_, index) =>
    saveVersion(ctx, { name: "support/triage", content: contentOf(`Question ${index}: {{q}}`) }),
  );
  const numbers = (await Promise.all(saves)).map((each) => each.version.number);
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(await prisma().prompt.count({ where: { projectId } })).toBe(1);
  expect(await prisma().auditEvent.count({ where: { projectId, action: "prompt.version_saved" } })).toBe(20);
});

test("the same content saved at once by many is one version", async () => {
  const { ctx } = await makeProject();
  const saves = await Promise.all(
    Array.from({ length: 12 }, () => saveVersion(ctx, { name: "once", content: contentOf("Hi {{name}}") })),
  );
  expect(new Set(saves.map((each) => each.version.id)).size).toBe(1);
  expect(saves.filter((each) => each.isNew)).toHaveLength(1);
});

test("content that the prompt already has comes back as that version; reverting makes a new one of it", async () => {
  const { ctx } = await makeProject();
  const first = await saveVersion(ctx, { name: "p", content: contentOf("one") });
  await saveVersion(ctx, { name: "p", content: contentOf("two") });
  const again = await saveVersion(ctx, { name: "p", content: contentOf("one"), labels: ["production"] });
  expect(again).toMatchObject({
    isNew: false,
    version: { id: first.version.id, number: 1, labels: ["production"] },
  });
  const reverted = await revertVersion(ctx, { name: "p", toNumber: 1 });
  expect(reverted).toMatchObject({
    isNew: true,
    version: { number: 3, parentId: first.version.id, digest: first.version.digest },
  });
  expect(await revertVersion(ctx, { name: "p", toNumber: 1 })).toMatchObject({
    isNew: false,
    version: { number: 3 },
  });
});

test("a version keeps its content to the letter, the order of a schema's properties included", async () => {
  const { ctx } = await makeProject();
  const schemaOf = (...names: string[]) => ({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  });
  const contentWith = (schema: object) =>
    contentOf({
      type: "text",
      text: "x 🎉 “q”",
      responseFormat: { type: "json_schema", schema: schema as never },
    });
  const first = await saveVersion(ctx, {
    name: "p",
    content: contentWith(schemaOf("reasoning", "answer", "a")),
  });
  const second = await saveVersion(ctx, {
    name: "p",
    content: contentWith(schemaOf("a", "answer", "reasoning")),
  });
  expect(second.isNew).toBe(true);
  const found = await findVersionById(ctx, first.version.id);
  expect(JSON.stringify(found.content)).toBe(
    JSON.stringify(contentWith(schemaOf("reasoning", "answer", "a"))),
  );
});

test("a branch names the version it was written from", async () => {
  const { ctx } = await makeProject();
  const first = await saveVersion(ctx, { name: "p", content: contentOf("one") });
  await saveVersion(ctx, { name: "p", content: contentOf("two") });
  const branch = await saveVersion(ctx, { name: "p", content: contentOf("one and a half"), parentNumber: 1 });
  expect(branch.version).toMatchObject({ number: 3, parentId: first.version.id });
  await expect(
    saveVersion(ctx, { name: "p", content: contentOf("x"), parentNumber: 99 }),
  ).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "parentNumber" }],
  });
});

test("saving over someone else's newer version is refused when asked to", async () => {
  const { ctx } = await makeProject();
  await saveVersion(ctx, { name: "p", content: contentOf("one"), expectedLatest: 0 });
  await expect(
    saveVersion(ctx, { name: "p", content: contentOf("two"), expectedLatest: 0 }),
  ).rejects.toMatchObject({ code: "conflict" });
  expect(
    (await saveVersion(ctx, { name: "p", content: contentOf("two"), expectedLatest: 1 })).version.number,
  ).toBe(2);
});

test.each([
  ["an unclosed tag", contentOf("Hi {{name"), "content.messages.0.content"],
  [
    "a schema that is none",
    contentOf({
      type: "text",
      text: "x",
      responseFormat: { type: "json_schema", schema: { type: "strnig" } },
    }),
    "content.responseFormat.schema",
  ],
  [
    "a tool without a name",
    contentOf({ type: "text", text: "x", tools: [{ function: { name: "" } }] }),
    "content.tools.0.function.name",
  ],
  [
    "a choice of no tool",
    contentOf({ type: "text", text: "x", toolChoice: "required" }),
    "content.toolChoice",
  ],
  ["a NUL character", contentOf("a\u0000b"), "content"],
  ["half a surrogate pair", contentOf("a\ud800b"), "content"],
])("%s is refused where it is, and nothing is stored", async (_, content, path) => {
  const { ctx, projectId } = await makeProject();
  await expect(saveVersion(ctx, { name: "bad", content })).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path }],
  });
  expect(await prisma().prompt.count({ where: { projectId } })).toBe(0);
});

test("a text that only looks like an escape is stored", async () => {
  const { ctx } = await makeProject();
  const { version } = await saveVersion(ctx, { name: "p", content: contentOf("write \\u0000 and \\ud800") });
  expect((await findVersion(ctx, { name: "p", version: 1 })).content).toEqual(version.content);
});

test("two megabytes are too large, and a name may hold slashes, dots and spaces", async () => {
  const { ctx } = await makeProject();
  await expect(
    saveVersion(ctx, { name: "big", content: contentOf("x".repeat(2_000_000)) }),
  ).rejects.toMatchObject({ code: "too_large" });
  const name = "support/v1.2/Größe und Gewicht";
  expect((await saveVersion(ctx, { name, content: contentOf("x") })).version.name).toBe(name);
  for (const bad of ["", "/a", "a//b", "a/", "..", "a?b", "a@b"]) {
    await expect(saveVersion(ctx, { name: bad, content: contentOf("x") })).rejects.toMatchObject({
      code: "invalid_input",
    });
  }
});

test("a prompt's type does not change", async () => {
  const { ctx } = await makeProject();
  await saveVersion(ctx, { name: "p", content: contentOf("x") });
  await expect(
    saveVersion(ctx, { name: "p", content: contentOf({ type: "text", text: "x" }) }),
  ).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "content.type" }],
  });
});

test("a version is found by number, label or digest; without one, by production and by nothing else", async () => {
  const { ctx } = await makeProject();
  const { version } = await saveVersion(ctx, { name: "p", content: contentOf("one") });
  await expect(findVersion(ctx, { name: "p" })).rejects.toMatchObject({ code: "not_found" });
  await saveVersion(ctx, { name: "p", content: contentOf("two"), labels: ["production"] });
  expect((await findVersion(ctx, { name: "p" })).number).toBe(2);
  expect((await findVersion(ctx, { name: "p", label: "latest" })).number).toBe(2);
  expect((await findVersion(ctx, { name: "p", digest: version.digest })).number).toBe(1);
  await expect(findVersion(ctx, { name: "p", label: "staging" })).rejects.toThrow(
    /It has: latest, production/,
  );
  await expect(findVersion(ctx, { name: "p", version: 1, label: "latest" })).rejects.toMatchObject({
    code: "invalid_input",
  });
});

test("another project's prompts are not there", async () => {
  const [here, there] = [await makeProject(), await makeProject()];
  const { version } = await saveVersion(here.ctx, { name: "secret", content: contentOf("one") });
  for (const find of [
    () => findVersion(there.ctx, { name: "secret", version: 1 }),
    () => findVersionById(there.ctx, version.id),
    () => findPrompt(there.ctx, "secret"),
    () => saveDraft(there.ctx, { promptId: version.promptId, content: version.content, baseNumber: 1 }),
  ]) {
    await expect(find()).rejects.toMatchObject({ code: "not_found" });
  }
  expect((await listPrompts(there.ctx)).data).toEqual([]);
});

test("a viewer reads and cannot save", async () => {
  const { ctx } = await makeProject("viewer");
  await expect(saveVersion(ctx, { name: "p", content: contentOf("x") })).rejects.toMatchObject({
    code: "forbidden",
  });
  expect((await listPrompts(ctx)).data).toEqual([]);
});

test("lists are by folder, or flat by search in names and newest contents, by label and by tag", async () => {
  const { ctx } = await makeProject();
  await saveVersion(ctx, { name: "a/b/one", content: contentOf("about 50% of “whales”\nand more") });
  await saveVersion(ctx, {
    name: "a/two",
    content: contentOf("x"),
    labels: ["production"],
    tags: ["billing"],
  });
  await saveVersion(ctx, { name: "three", content: contentOf("y") });
  const names = async (input: Parameters<typeof listPrompts>[1]) =>
    (await listPrompts(ctx, input)).data.map((each) => each.name);
  expect(await names({})).toEqual(["a/b/one", "a/two", "three"]);
  expect(await names({ folder: "a" })).toEqual(["a/b/one", "a/two"]);
  expect(await names({ search: "50% of “WHALES”" })).toEqual(["a/b/one"]);
  expect(await names({ search: "”\nand" })).toEqual(["a/b/one"]);
  expect(await names({ search: "_" })).toEqual([]);
  expect(await names({ label: "production" })).toEqual(["a/two"]);
  expect(await names({ tag: "billing" })).toEqual(["a/two"]);
  const top = await listFolder(ctx, { folder: "" });
  expect(top.folders).toEqual([{ path: "a", promptCount: 2 }]);
  expect(top.data.map((each) => each.name)).toEqual(["three"]);
  const inside = await listFolder(ctx, { folder: "a" });
  expect([inside.folders.map((each) => each.path), inside.data.map((each) => each.name)]).toEqual([
    ["a/b"],
    ["a/two"],
  ]);
  expect(await listPromptFacets(ctx)).toEqual({ labels: ["production"], tags: ["billing"] });
  const first = await listPrompts(ctx, { limit: 2 });
  expect(
    (await listPrompts(ctx, { limit: 2, cursor: first.nextCursor! })).data.map((each) => each.name),
  ).toEqual(["three"]);
});

test("history comes in pages, the newest first", async () => {
  const { ctx } = await makeProject();
  for (const text of ["one", "two", "three"])
    await saveVersion(ctx, { name: "p", content: contentOf(text), message: text });
  const first = await listVersions(ctx, { name: "p", limit: 2 });
  expect(first.data.map((each) => [each.number, each.message])).toEqual([
    [3, "three"],
    [2, "two"],
  ]);
  const last = await listVersions(ctx, { name: "p", limit: 2, cursor: first.nextCursor! });
  expect(last).toMatchObject({ data: [{ number: 1 }], nextCursor: null });
});

test("a renamed prompt answers to its old name, there and back", async () => {
  const { ctx } = await makeProject();
  await saveVersion(ctx, { name: "old", content: contentOf("one") });
  await saveVersion(ctx, { name: "taken", content: contentOf("one") });
  await expect(updatePrompt(ctx, "old", { name: "taken" })).rejects.toMatchObject({ code: "conflict" });
  expect((await updatePrompt(ctx, "old", { name: "new" })).name).toBe("new");
  expect((await findVersion(ctx, { name: "old", version: 1 })).name).toBe("new");
  expect((await saveVersion(ctx, { name: "old", content: contentOf("two") })).version).toMatchObject({
    name: "new",
    number: 2,
  });
  expect((await updatePrompt(ctx, "new", { name: "old" })).name).toBe("old");
  expect((await findPrompt(ctx, "new")).name).toBe("old");
});

test("an archived prompt leaves the list and can still be fetched", async () => {
  const { ctx } = await makeProject();
  await saveVersion(ctx, { name: "p", content: contentOf("one") });
  await updatePrompt(ctx, "p", { isArchived: true });
  expect((await listPrompts(ctx)).data).toEqual([]);
  expect((await listPrompts(ctx, { isArchived: true })).data).toHaveLength(1);
  expect((await findVersion(ctx, { name: "p", version: 1 })).number).toBe(1);
});

test("a draft is a person's own and may be unfinished", async () => {
  const { ctx } = await makeProject();
  const { version } = await saveVersion(ctx, { name: "p", content: contentOf("one") });
  await saveDraft(ctx, { promptId: version.promptId, content: contentOf("one {{un"), baseNumber: 1 });
  await saveDraft(ctx, { promptId: version.promptId, content: contentOf("one {{unfinished"), baseNumber: 1 });
  expect(await findOptionalDraft(ctx, version.promptId)).toMatchObject({
    baseNumber: 1,
    content: contentOf("one {{unfinished"),
  });
  const other = { ...ctx, actor: { type: "user" as const, id: "someone-else", name: "Bo" } };
  expect(await findOptionalDraft(other, version.promptId)).toBeNull();
  await deleteDraft(ctx, version.promptId);
  expect(await findOptionalDraft(ctx, version.promptId)).toBeNull();
});
