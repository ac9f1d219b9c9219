import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { runOnce } from "graphile-worker";
import { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import countries from "world-countries";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import type { Context } from "#lib/core/context.ts";
import { createDataset } from "#lib/datasets/create-dataset.ts";
import { importItems } from "#lib/datasets/import-items.ts";
import { sql } from "#lib/db/postgres.ts";
import { rehearsalApp } from "#lib/llm/rehearsal/app.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { cancelEvaluation } from "./cancel-evaluation.ts";
import { gatherEvidence, toStoredEvidence } from "./gather-evidence.ts";
import { getMatrix } from "./get-matrix.ts";
import { listGrid } from "./list-grid.ts";
import { listResults } from "./list-results.ts";
import { findEvaluation, readProgress } from "./queries.ts";
import { runEvaluation } from "./run-evaluation.ts";
import type { StartEvaluationInput } from "./schema.ts";
import { startEvaluation } from "./start-evaluation.ts";
import { evaluationTasks, resumeEvaluations } from "./worker.ts";

const database = useDatabase();

let server: ReturnType<typeof serve>;
let baseUrl: string;
let calls: string[] = [];
/** Holds each call back this long, for tests that act while an evaluation runs. */
let delayMs = 0;
/** The next calls are refused so often, with Retry-After. */
let refusals = 0;

beforeAll(async () => {
  const host = new Hono();
  host.use("/v1/chat/completions", async (c, next) => {
    calls.push(await c.req.raw.clone().text());
    if (refusals-- > 0) return c.json({ error: { message: "Slow down" } }, 429, { "retry-after-ms": "50" });
    await sleep(delayMs);
    await next();
  });
  host.route("/", rehearsalApp);
  await new Promise<void>((resolve) => {
    server = serve({ fetch: host.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve());
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => server.close());

beforeEach(() => {
  calls = [];
  delayMs = 0;
  refusals = 0;
});

async function makeCatalogue(itemCount: number, providerModel = "rehearsal-small@500x") {
  const { ctx } = await makeProject();
  const connection = await saveConnection(ctx, { name: "rehearsal", provider: "rehearsal", baseUrl });
  const model = await createModel(ctx, { name: "small" });
  const modelVersion = await createModelVersion(ctx, {
    model: model.id,
    connectionId: connection.id,
    providerModel,
    parameters: { temperature: 0.9, seed: 3 },
  });
  const prompt = async (text: string) =>
    (
      await saveVersion(ctx, {
        name: "capital",
        content: {
          type: "chat",
          messages: [{ role: "user", content: text }],
          variables: [{ name: "country" }],
        },
      })
    ).version;
  const plain = await prompt("What is the capital of {{country}}?");
  const terse = await prompt(
    "You are a geographer. What is the capital of {{country}}? Answer with only the name of the city.",
  );
  await createDataset(ctx, { name: "capitals" });
  const dataset = await importItems(ctx, {
    dataset: "capitals",
    items: countries
      .filter((country) => country.capital[0])
      .slice(0, itemCount)
      .map((country) => ({
        key: country.cca3,
        input: { country: country.name.common },
        expected: country.capital,
      })),
    mode: "replace",
  });
  const input: StartEvaluationInput = {
    name: "Which prompt",
    datasetVersionId: dataset.id,
    candidates: [
      { promptVersionId: plain.id, modelVersionId: modelVersion.id },
      { promptVersionId: terse.id, modelVersionId: modelVersion.id },
    ],
    evaluators: [
      { type: "exact_match", name: "exact match" },
      { type: "contains", name: "contains" },
      { type: "levenshtein", name: "similarity" },
    ],
    concurrency: 8,
  };
  return { ctx, input, plain, terse, modelVersion, dataset };
}

async function countCalls(ctx: Context): Promise<number> {
  const [row] = await sql()<{ count: number }[]>`
    select count(*)::int as count from spans where project_id = ${ctx.projectId} and is_model_call`;
  return row!.count;
}

test("a queued evaluation is run by the worker, traced, scored and compared", async () => {
  const { ctx, input, terse, modelVersion } = await makeCatalogue(40);
  const { id, status } = await startEvaluation(ctx, input);
  expect(status).toBe("queued");
  await runOnce({ connectionString: database.url(), taskList: evaluationTasks, noHandleSignals: true });

  const matrix = await getMatrix(ctx, id);
  expect(matrix.evaluation).toMatchObject({ status: "done", progress: { done: 80, total: 80, errors: 0 } });
  expect(matrix.rows.map((row) => row.candidate.letter)).toEqual(["A", "B"]);
  expect(matrix.metrics.map((metric) => metric.key)).toEqual([
    "exact match",
    "contains",
    "similarity",
    "@latency",
    "@cost",
  ]);
  const [plain, exact] = matrix.rows;
  expect(plain!.cells["exact match"]).toMatchObject({ status: "estimated", items: 40, observations: 40 });
  expect(exact!.differences["exact match"]).toMatchObject({ status: "estimated", direction: "better" });
  expect(plain!.differences).toEqual({});

  const { data } = await listResults(ctx, id, { candidateId: exact!.candidate.id }, { limit: 1000 });
  const mean =
    data.reduce((sum, each) => sum + each.scores.find((s) => s.name === "exact match")!.value!, 0) / 40;
  const cell = exact!.cells["exact match"]!;
  expect(cell.status !== "not_estimable" && cell.mean).toBeCloseTo(mean, 12);

  const [span] = await sql()<Record<string, unknown>[]>`
    select prompt_version_id, model_version_id, status, input_tokens, dialect from spans
    where project_id = ${ctx.projectId} and trace_id = ${data[0]!.traceId}::uuid`;
  expect(span).toMatchObject({
    prompt_version_id: terse.id,
    model_version_id: modelVersion.id,
    status: "ok",
    input_tokens: data[0]!.inputTokens,
    dialect: "evaluation",
  });
  expect(await countCalls(ctx)).toBe(80);
});

test("a promotion's evidence is the evaluations and A/B tests of both versions, against the one replaced", async () => {
  const { ctx, input, plain, terse, modelVersion } = await makeCatalogue(12);
  const { id } = await startEvaluation(ctx, input);
  await runEvaluation(ctx.projectId, id);
  await createAbTest(ctx, {
    key: "capital-tone",
    name: "Capital tone",
    hypothesis: "Terse is better.",
    variants: [plain, terse].map(({ id }) => ({ promptVersionId: id, modelVersionId: modelVersion.id })),
    metrics: {
      success: [{ metric: "score:helpful", mde: { kind: "absolute", value: 0.1 } }],
      guardrails: [],
      exploratory: [],
    },
    design: { minimumDays: 0 },
  });
  const evidence = await gatherEvidence(ctx, { promptName: "capital", from: 1, to: 2 });
  const matrix = await getMatrix(ctx, id);
  expect(evidence.evaluations).toMatchObject([
    { id, name: "Which prompt", datasetName: "capitals", rows: [{ versionNumber: 1 }, { versionNumber: 2 }] },
  ]);
  expect(evidence.evaluations[0]!.rows[1]!.differences).toEqual(matrix.rows[1]!.differences);
  expect(evidence.abTests).toEqual([
    {
      key: "capital-tone",
      name: "Capital tone",
      status: "draft",
      variants: [
        { key: "A", versionNumber: 1 },
        { key: "B", versionNumber: 2 },
      ],
      verdict: null,
    },
  ]);
  expect(toStoredEvidence(evidence)).toEqual(JSON.parse(JSON.stringify(evidence)));
  const { ctx: stranger } = await makeProject();
  await expect(gatherEvidence(stranger, { promptName: "capital", from: 1, to: 2 })).rejects.toMatchObject({
    code: "not_found",
  });
  await saveVersion(ctx, {
    name: "capital",
    content: { type: "chat", messages: [{ role: "user", content: "3" }] },
  });
  const none = await gatherEvidence(ctx, { promptName: "capital", from: null, to: 3 });
  expect(toStoredEvidence(none)).toBeUndefined();
});

test("running what is done asks nothing again", async () => {
  const { ctx, input } = await makeCatalogue(5);
  const { id } = await startEvaluation(ctx, input);
  expect(await runEvaluation(ctx.projectId, id)).toBe("done");
  const before = calls.length;
  expect(await runEvaluation(ctx.projectId, id)).toBe("finished_before");
  expect(calls).toHaveLength(before);
});

test("after a crash only what is missing is asked for", async () => {
  const { ctx, input } = await makeCatalogue(60);
  const { id } = await startEvaluation(ctx, input);
  delayMs = 500;
  const script = `import { runEvaluation } from ${JSON.stringify(new URL("./run-evaluation.ts", import.meta.url).href)};
    await runEvaluation(${JSON.stringify(ctx.projectId)}, ${JSON.stringify(id)});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, DATABASE_URL: database.url(), STEMMA_SECRET: "5".repeat(64) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const exited = once(child, "exit");
  for (let waited = 0; (await readProgress(ctx, id)).progress.done < 20; waited++) {
    if (waited > 200) throw new Error("The child made no progress.");
    await sleep(50);
  }
  expect(await runEvaluation(ctx.projectId, id)).toBe("held_elsewhere");
  child.kill("SIGKILL");
  await exited;

  const { status, progress } = await readProgress(ctx, id);
  expect(status).toBe("running");
  expect(progress.done).toBeLessThan(120);
  delayMs = 0;
  await sleep(100);
  calls = [];
  await resumeEvaluations();
  await runOnce({ connectionString: database.url(), taskList: evaluationTasks, noHandleSignals: true });
  expect(await findEvaluation(ctx, id)).toMatchObject({
    status: "done",
    progress: { done: 120, total: 120 },
  });
  expect(calls).toHaveLength(120 - progress.done);
});

test("canceling stops the calls and keeps what was answered", async () => {
  const { ctx, input } = await makeCatalogue(100);
  const { id } = await startEvaluation(ctx, input);
  delayMs = 50;
  const run = runEvaluation(ctx.projectId, id);
  while ((await readProgress(ctx, id)).progress.done < 10) await sleep(25);
  const canceled = await cancelEvaluation(ctx, id);
  expect(canceled.status).toBe("canceled");
  expect(await run).toBe("canceled");
  const made = calls.length;
  expect(made).toBeLessThan(200);
  await sleep(200);
  expect(calls).toHaveLength(made);
  const { status, progress } = await readProgress(ctx, id);
  expect([status, progress.errors]).toEqual(["canceled", 0]);
  await expect(cancelEvaluation(ctx, id)).rejects.toMatchObject({ code: "conflict" });
  expect(await runEvaluation(ctx.projectId, id)).toBe("finished_before");
});

test("a worker that is told to stop leaves the evaluation to the next one", async () => {
  const { ctx, input } = await makeCatalogue(30);
  const { id } = await startEvaluation(ctx, input);
  delayMs = 30;
  const stop = new AbortController();
  const run = runEvaluation(ctx.projectId, id, stop.signal);
  while ((await readProgress(ctx, id)).progress.done < 5) await sleep(25);
  stop.abort();
  expect(await run).toBe("interrupted");
  delayMs = 0;
  expect(await runEvaluation(ctx.projectId, id)).toBe("done");
  expect((await readProgress(ctx, id)).progress).toEqual({ done: 60, total: 60, errors: 0 });
});

test("429s are waited out as long as the provider asks", async () => {
  const { ctx, input } = await makeCatalogue(20);
  const { id } = await startEvaluation(ctx, input);
  refusals = 25;
  expect(await runEvaluation(ctx.projectId, id)).toBe("done");
  const { data } = await listResults(ctx, id, {}, { limit: 1000 });
  expect(data.filter((result) => result.status === "error")).toEqual([]);
  expect(data.reduce((sum, result) => sum + result.attempts, 0)).toBe(40 + 25);
  expect(Math.max(...data.map((result) => result.latencyMs!))).toBeLessThan(2000);
});

test("an item that fails is a result that counts as wrong, and not as fast or cheap", async () => {
  const { ctx, input, plain } = await makeCatalogue(10);
  const broken = await createModelVersion(ctx, {
    model: "small",
    connectionId: (await saveConnection(ctx, { name: "b", provider: "rehearsal", baseUrl })).id,
    providerModel: "no-such-model",
  });
  const candidates = [...input.candidates, { promptVersionId: plain.id, modelVersionId: broken.id }];
  const { id } = await startEvaluation(ctx, { ...input, candidates });
  expect(await runEvaluation(ctx.projectId, id)).toBe("done");
  const { rows } = await getMatrix(ctx, id);
  expect(rows[2]!.progress).toEqual({ done: 10, total: 10, errors: 10 });
  expect(rows[2]!.cells["exact match"]).toMatchObject({ status: "estimated", mean: 0, items: 10 });
  expect(rows[2]!.cells["@latency"]).toMatchObject({ status: "not_estimable" });
  const failed = await listResults(ctx, id, { status: "error" }, { limit: 3 });
  expect(failed.data[0]).toMatchObject({
    errorType: "http_404",
    latencyMs: null,
    costUsd: null,
    attempts: 1,
  });
  expect(failed.nextCursor).not.toBeNull();
});

test("an item without a needed variable fails by itself", async () => {
  const { ctx, input } = await makeCatalogue(3);
  const dataset = await importItems(ctx, {
    dataset: "capitals",
    items: [{ input: "no object" }],
    mode: "append",
  });
  const { id } = await startEvaluation(ctx, { ...input, datasetVersionId: dataset.id });
  await runEvaluation(ctx.projectId, id);
  const { data } = await listResults(ctx, id, { status: "error" });
  expect(data.map((result) => [result.errorType, result.attempts])).toEqual([
    ["template", 0],
    ["template", 0],
  ]);
});

test("the grid shows each item's answers, and finds those that differ, fail or regress", async () => {
  const { ctx, input } = await makeCatalogue(30);
  const { id, candidates } = await startEvaluation(ctx, { ...input, repeats: 2 });
  await runEvaluation(ctx.projectId, id);
  const baselineId = candidates[1]!.id;
  const read = (kind: "all" | "different" | "failures" | "regressions") =>
    listGrid(ctx, id, { kind, baselineId, limit: 100 });
  const all = await read("all");
  expect(all.data).toHaveLength(30);
  expect(all.data[0]!.results[baselineId]!.map((result) => result.repeat)).toEqual([0, 1]);
  const scoreOf = (row: (typeof all.data)[number], candidate: number) =>
    row.results[candidates[candidate]!.id]!.map((r) => r.scores.find((s) => s.name === "similarity")!.value!);
  const expectRegressed = all.data.filter((row) => {
    const names = ["exact match", "contains", "similarity"];
    const mean = (candidate: number, name: string) =>
      row.results[candidates[candidate]!.id]!.reduce(
        (sum, r) => sum + r.scores.find((s) => s.name === name)!.value!,
        0,
      );
    return names.some((name) => mean(0, name) < mean(1, name));
  });
  const ids = (page: typeof all) => page.data.map((row) => row.itemId);
  expect(ids(await read("regressions"))).toEqual(expectRegressed.map((row) => row.itemId));
  expect(expectRegressed.length).toBeGreaterThan(0);
  expect(scoreOf(all.data[0]!, 0)).toHaveLength(2);
  const different = all.data.filter(
    (row) =>
      new Set(Object.values(row.results).flatMap((each) => each.map((r) => r.output!.trim()))).size > 1,
  );
  expect(ids(await read("different"))).toEqual(different.map((row) => row.itemId));
  const page = await listGrid(ctx, id, { kind: "all", baselineId, limit: 10 });
  const next = await listGrid(ctx, id, { kind: "all", baselineId, limit: 100, cursor: page.nextCursor });
  expect([...ids(page), ...ids(next)]).toEqual(ids(all));
});

test("a judge's calls are traces of their own and its score has a reason", async () => {
  const { ctx, input, modelVersion } = await makeCatalogue(3);
  const judge = {
    type: "llm_judge",
    name: "tone",
    modelVersionId: modelVersion.id,
    rubric: "Be right.",
  } as const;
  const { id } = await startEvaluation(ctx, { ...input, evaluators: [judge] });
  expect(await runEvaluation(ctx.projectId, id)).toBe("done");
  const { data } = await listResults(ctx, id, {});
  for (const { scores } of data)
    expect(scores[0]).toMatchObject({ name: "tone", reason: expect.any(String) });
  expect(await countCalls(ctx)).toBe(calls.length);
});

test("an evaluation whose connection is gone fails with the reason", async () => {
  const { ctx, input } = await makeCatalogue(3);
  const { id } = await startEvaluation(ctx, input);
  await sql()`update connection set archived_at = now() where project_id = ${ctx.projectId}`;
  expect(await runEvaluation(ctx.projectId, id)).toBe("failed");
  expect((await findEvaluation(ctx, id)).error).toContain("archived");
});

test("what is not the project's, empty or too much is refused before anything is queued", async () => {
  const { ctx, input } = await makeCatalogue(3);
  const { ctx: stranger } = await makeProject();
  await expect(startEvaluation(stranger, input)).rejects.toMatchObject({ code: "not_found" });
  await expect(startEvaluation(ctx, { ...input, candidates: [] })).rejects.toThrow();
  const schema = { type: "json_schema", name: "s", schema: { type: "nonsense" } } as const;
  await expect(startEvaluation(ctx, { ...input, evaluators: [schema] })).rejects.toMatchObject({
    code: "invalid_input",
  });
  const { id } = await startEvaluation(ctx, input);
  await expect(findEvaluation(stranger, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(getMatrix(stranger, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(cancelEvaluation(stranger, id)).rejects.toMatchObject({ code: "not_found" });
});
