import { expect, test } from "vitest";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { addFromTrace } from "./add-from-trace.ts";
import { createDataset } from "./create-dataset.ts";
import { importItems } from "./import-items.ts";
import {
  diffVersions,
  findDataset,
  findDatasetVersion,
  listDatasets,
  listItems,
  listVersions,
} from "./queries.ts";

useDatabase();

async function makeDataset() {
  const { ctx } = await makeProject();
  return { ctx, dataset: await createDataset(ctx, { name: "capitals" }) };
}

test("each version keeps its own items", async () => {
  const { ctx } = await makeDataset();
  const first = await importItems(ctx, {
    dataset: "capitals",
    items: [
      { key: "FR", input: { country: "France" }, expected: "Paris", metadata: { region: "Europe" } },
      { key: "BO", input: { country: "Bolivia" }, expected: "Sucre" },
    ],
    mode: "replace",
    message: "First",
  });
  const second = await importItems(ctx, {
    dataset: "capitals",
    items: [
      { key: "BO", input: { country: "Bolivia" }, expected: ["Sucre", "La Paz"] },
      { key: "JP", input: { country: "Japan" }, expected: "Tokyo" },
    ],
    mode: "append",
  });
  expect([first.number, first.itemCount, second.number, second.itemCount]).toEqual([1, 2, 2, 3]);
  const expectedOf = async (id: string) =>
    (await listItems(ctx, { datasetVersionId: id })).data.map((item) => [item.key, item.expected]);
  expect(await expectedOf(first.id)).toEqual([
    ["FR", "Paris"],
    ["BO", "Sucre"],
  ]);
  expect(await expectedOf(second.id)).toEqual([
    ["FR", "Paris"],
    ["BO", ["Sucre", "La Paz"]],
    ["JP", "Tokyo"],
  ]);
  expect(await diffVersions(ctx, first.id, second.id)).toEqual({ addedCount: 2, removedCount: 1 });
  expect((await listVersions(ctx, "capitals")).map((version) => version.number)).toEqual([2, 1]);
  expect((await findDataset(ctx, "capitals")).latest?.id).toBe(second.id);
});

test("importing the same content again returns the version that is there, and says so", async () => {
  const { ctx, dataset } = await makeDataset();
  const items = [{ input: { q: "a" } }, { input: { q: "b" }, expected: null }];
  const first = await importItems(ctx, { dataset: dataset.id, items, mode: "replace" });
  const again = await importItems(ctx, { dataset: dataset.id, items: items.toReversed(), mode: "replace" });
  const appended = await importItems(ctx, { dataset: dataset.id, items: [items[0]!], mode: "append" });
  expect([first.isNew, again.isNew, appended.isNew]).toEqual([true, false, false]);
  expect([again.id, appended.id]).toEqual([first.id, first.id]);
});

test("imports at the same time make consecutive versions and lose nothing", async () => {
  const { ctx, dataset } = await makeDataset();
  const versions = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      importItems(ctx, { dataset: dataset.id, items: [{ key: `k${n}`, input: n }], mode: "append" }),
    ),
  );
  expect(versions.map((version) => version.number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  const last = versions.find((version) => version.number === 6)!;
  expect((await listItems(ctx, { datasetVersionId: last.id })).data).toHaveLength(6);
});

test("a refused import leaves nothing behind", async () => {
  const { ctx, dataset } = await makeDataset();
  const items = [{ input: "fine" }, { input: "bad \u0000" }];
  await expect(importItems(ctx, { dataset: dataset.id, items, mode: "replace" })).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "items.1" }],
  });
  expect(await listVersions(ctx, dataset.id)).toEqual([]);
});

test("twelve thousand items page through in order, each once", async () => {
  const { ctx, dataset } = await makeDataset();
  const items = Array.from({ length: 12_000 }, (_, n) => ({ input: { n } }));
  const version = await importItems(ctx, { dataset: dataset.id, items, mode: "replace" });
  const seen: unknown[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await listItems(ctx, { datasetVersionId: version.id, cursor, limit: 5000 });
    seen.push(...page.data.map((item) => (item.input as { n: number }).n));
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  expect(seen).toEqual(items.map((item) => item.input.n));
});

test("an item made from a trace remembers it", async () => {
  const { ctx, dataset } = await makeDataset();
  const sourceTraceId = "a".repeat(32);
  const version = await addFromTrace(ctx, {
    dataset: dataset.id,
    input: { q: 1 },
    expected: "x",
    sourceTraceId,
  });
  const { data } = await listItems(ctx, { datasetVersionId: version.id });
  expect(data[0]).toMatchObject({ sourceTraceId, sourceSpanId: null, expected: "x" });
});

test("another project's datasets do not exist", async () => {
  const { ctx, dataset } = await makeDataset();
  const version = await importItems(ctx, { dataset: dataset.id, items: [{ input: 1 }], mode: "replace" });
  const { ctx: stranger } = await makeProject();
  await expect(findDataset(stranger, dataset.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(findDatasetVersion(stranger, version.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(
    importItems(stranger, { dataset: dataset.id, items: [{ input: 2 }], mode: "append" }),
  ).rejects.toMatchObject({ code: "not_found" });
  expect((await listDatasets(stranger)).data).toEqual([]);
});

test("a viewer may read and not import; a name is taken once", async () => {
  const { ctx } = await makeProject("viewer");
  await expect(createDataset(ctx, { name: "x" })).rejects.toMatchObject({ code: "forbidden" });
  const { ctx: owner, dataset } = await makeDataset();
  await expect(createDataset(owner, { name: dataset.name })).rejects.toMatchObject({ code: "conflict" });
});
