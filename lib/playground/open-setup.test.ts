import { afterAll, beforeAll, expect, test } from "vitest";
import { createDataset } from "#lib/datasets/create-dataset.ts";
import { importItems } from "#lib/datasets/import-items.ts";
import { makeServing, startServer } from "#lib/ingest/gateway/gateway.fixture.ts";
import { saveDraft } from "#lib/prompts/drafts.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { keepItems } from "./keep-items.ts";
import { emptySetup, isBadLink, openSetup } from "./open-setup.ts";
import { answersIn, collect, runOf } from "./playground.fixture.ts";
import { readRows } from "./read-rows.ts";
import { evaluateColumns } from "./start-evaluation.ts";
import { findOptionalSetup, saveSetup } from "./store/setups.ts";

useDatabase();
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test("a link names a version, a model and a dataset; without a number it is the newest version", async () => {
  const { ctx, bare, chatty, small } = await makeServing(server.origin);
  await createDataset(ctx, { name: "places" });
  const items = ["Norway", "Peru", "Chad"].map((country) => ({ input: { country }, expected: "x" }));
  const dataset = await importItems(ctx, { dataset: "places", items, mode: "replace" });
  const opened = await openSetup(ctx, {
    prompt: "capital question",
    version: String(bare.number),
    model: small.id,
    dataset: dataset.id,
  });
  expect(opened!.setup).toMatchObject({
    columns: [
      {
        origin: { promptName: "capital question", number: bare.number },
        content: bare.content,
        modelVersionId: small.id,
      },
    ],
    dataset: { datasetVersionId: dataset.id, start: 0, count: 3 },
  });
  const newest = await openSetup(ctx, { prompt: "capital question" });
  expect(newest!.setup.columns[0]!.content).toEqual(chatty.content);
  expect(newest!.setup.columns[0]!.id).not.toBe(opened!.setup.columns[0]!.id);

  const rows = await readRows(ctx, { datasetVersionId: dataset.id, start: 1, count: 5 });
  expect(rows.rows.map((row) => row.variables.country)).toEqual(["Peru", "Chad"]);
  expect(rows).toMatchObject({ itemCount: 3, label: "places v1" });
});

test("a draft is the caller's own, and the newest version where there is none", async () => {
  const { ctx, bare, chatty } = await makeServing(server.origin);
  const content = { ...bare.content, parameters: { temperature: 1.5 } };
  expect((await openSetup(ctx, { draft: "capital question" }))!.setup.columns[0]!.content).toEqual(
    chatty.content,
  );
  await saveDraft(ctx, { promptId: bare.promptId, content, baseNumber: bare.number });
  expect((await openSetup(ctx, { draft: "capital question" }))!.setup.columns[0]).toMatchObject({
    content,
    origin: { number: bare.number },
  });
  const other = await openSetup(ctx, { draft: "capital question", version: String(chatty.number) });
  expect(other!.setup.columns[0]!.content).toEqual(chatty.content);
});

test("a dataset or a model alone changes what is there; a trace alone opens its first model call", async () => {
  const { ctx, bare, large, small } = await makeServing(server.origin);
  const current = (await openSetup(ctx, {
    prompt: "capital question",
    version: String(bare.number),
    model: large.id,
  }))!.setup;
  const kept = await keepItems(ctx, { dataset: "places", items: [{ input: { country: "Chad" } }] });
  const sliced = (await openSetup(ctx, { dataset: kept.id }, current))!.setup;
  expect(sliced).toEqual({ ...current, dataset: { datasetVersionId: kept.id, start: 0, count: 1 } });
  const more = (await openSetup(ctx, { model: small.id }, current))!.setup;
  expect(more.columns.map((column) => column.modelVersionId)).toEqual([large.id, small.id]);

  const [answer] = answersIn(
    await collect(ctx, runOf([{ modelVersionId: large.id, content: bare.content }])),
  );
  const opened = await openSetup(ctx, { span: answer!.traceId! });
  expect(opened).toMatchObject({ notes: [], setup: { variables: { country: "Norway" } } });
  expect(opened!.setup.columns[0]!.content).toEqual(bare.content);
});

test("a link that cannot be followed says why; no link and no model are no error", async () => {
  const { ctx } = await makeServing(server.origin);
  for (const link of [
    { prompt: "gone" },
    { span: "nonsense" },
    { prompt: "capital question", version: "99" },
  ]) {
    const error = await openSetup(ctx, link).catch((thrown) => thrown);
    expect(isBadLink(error)).toBe(true);
  }
  expect(await openSetup(ctx, {})).toBeNull();
  expect((await emptySetup((await makeProject()).ctx)).columns[0]!.modelVersionId).toBeNull();
});

test("a set-up is kept per person and project, letter for letter", async () => {
  const { ctx, bare } = await makeServing(server.origin);
  const schema = { type: "object", properties: { z: {}, a: { const: "\u0000" } } };
  const content = {
    ...bare.content,
    responseFormat: { type: "json_schema" as const, name: "n", schema, isStrict: true },
  };
  await saveSetup(ctx, { columns: [{ id: "a", content, overrides: { temperature: null } }], samples: 3 });
  const found = await findOptionalSetup(ctx);
  expect(found!.setup).toMatchObject({ columns: [{ overrides: { temperature: null } }], samples: 3 });
  const format = found!.setup.columns[0]!.content.responseFormat;
  expect(JSON.stringify(format)).toBe(JSON.stringify(content.responseFormat));
  const colleague = { ...ctx, actor: { type: "user" as const, id: "someone-else", name: "Bo" } };
  expect(await findOptionalSetup(colleague)).toBeNull();
});

test("columns become an evaluation's candidates only as saved versions", async () => {
  const { ctx, bare, large, small } = await makeServing(server.origin);
  const kept = await keepItems(ctx, {
    dataset: "kept answers",
    items: [{ input: { country: "Norway" }, expected: "Oslo" }],
  });
  const column = {
    id: "a",
    origin: null,
    content: bare.content,
    modelVersionId: large.id,
    overrides: { topP: 0.5 },
  };
  const start = (columns: (typeof column | { overrides: object })[]) =>
    evaluateColumns(ctx, {
      name: "From the playground",
      datasetVersionId: kept.id,
      columns: columns as (typeof column)[],
      samples: 2,
      seed: { mode: "fixed", value: 5 },
      evaluators: [],
    });
  const evaluation = await start([column, { ...column, id: "b", modelVersionId: small.id }]);
  expect(evaluation).toMatchObject({ repeats: 2, itemCount: 1 });
  expect(
    evaluation.candidates.map((each) => [each.promptVersionId, each.modelVersionId, each.parameters]),
  ).toEqual([
    [bare.id, large.id, { topP: 0.5, seed: 5 }],
    [bare.id, small.id, { topP: 0.5, seed: 5 }],
  ]);
  const edited = { ...column, content: { ...bare.content, parameters: { temperature: 2 } } };
  await expect(start([column, edited])).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("column B"),
  });
  const without = { ...column, overrides: { temperature: null } };
  await expect(start([without])).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("temperature"),
  });
});
