import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import { makeServing, startServer } from "#lib/ingest/gateway/gateway.fixture.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { findTrace } from "#lib/traces/store/find-trace.ts";
import type { RunEvent } from "./answer.ts";
import { answersIn, capitalContent, collect, runOf } from "./playground.fixture.ts";
import { prepareRun } from "./prepare-run.ts";
import { restoreCells } from "./restore-cells.ts";
import { runPlayground } from "./run-playground.ts";
import { stopRun } from "./running.ts";
import { findOptionalSetup, saveSetup } from "./store/setups.ts";

useDatabase();
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const weatherTool = {
  type: "function" as const,
  function: {
    name: "weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const weatherContent = {
  type: "chat" as const,
  messages: [{ role: "user" as const, content: "What is the weather in Lima?" }],
  tools: [weatherTool],
};

test("two columns, two rows and two samples stream at once, and every answer is a trace", async () => {
  const { ctx, large, small, bare } = await makeServing(server.origin);
  const input = runOf(
    [
      { modelVersionId: large.id, mark: "m1" },
      { modelVersionId: small.id, content: { ...capitalContent, parameters: { temperature: 1 } } },
    ],
    {
      rows: [
        { id: "r1", variables: { country: "Norway" } },
        { id: "r2", variables: { country: "Peru" } },
      ],
      samples: 2,
      seed: { mode: "varied", value: 7 },
    },
  );
  const events = await collect(ctx, input);
  const answers = answersIn(events);
  expect(answers.map((answer) => answer.cell).sort()).toEqual([
    "a/r1/0",
    "a/r1/1",
    "a/r2/0",
    "a/r2/1",
    "b/r1/0",
    "b/r1/1",
    "b/r2/0",
    "b/r2/1",
  ]);
  expect(events[0]).toMatchObject({ type: "run", runId: input.runId });
  expect(events.at(-1)).toEqual({ type: "end" });

  const first = answers.find((answer) => answer.cell === "a/r1/0")!;
  expect(first).toMatchObject({ status: "done", text: "Oslo", mark: "m1", seed: 7, error: null });
  expect(answers.find((answer) => answer.cell === "a/r1/1")!.seed).toBe(8);
  const streamed = events.flatMap((event) =>
    event.type === "text" && event.cell === "a/r1/0" ? [event.text] : [],
  );
  expect(streamed.join("")).toBe("Oslo");
  expect(first.metrics).toMatchObject({ calls: 1, outputTokens: expect.any(Number) });
  expect(first.metrics.latencyMs!).toBeGreaterThanOrEqual(first.metrics.timeToFirstTokenMs!);

  const { spans } = await findTrace(ctx, first.traceId!);
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({
    spanId: first.spanId,
    environment: "playground",
    deployment: null,
    assignment: null,
    status: "ok",
    variables: { country: "Norway" },
    modelVersionId: large.id,
    parameters: { temperature: 0, maxTokens: 64, seed: 7 },
    prompt: { name: "capital question", version: String(bare.number), versionId: bare.id },
    metadata: { playgroundRunId: input.runId, columnId: "a", rowId: "r1", sample: 0 },
  });
  const edited = answers.find((answer) => answer.cell === "b/r1/0")!;
  expect((await findTrace(ctx, edited.traceId!)).spans[0]!.prompt).toBeNull();
});

test("what is restored from the traces is what was answered", async () => {
  const { ctx, large } = await makeServing(server.origin);
  await saveSetup(ctx, { columns: [{ id: "a", content: capitalContent }] });
  const gone = "http://127.0.0.1:9/v1";
  const away = await saveConnection(ctx, { name: "away", provider: "openai", baseUrl: gone });
  const dead = await createModelVersion(ctx, {
    model: "geographer",
    connectionId: away.id,
    providerModel: "x",
  });
  const unknown = await createModelVersion(ctx, {
    model: "geographer",
    connectionId: large.connection.id,
    providerModel: "rehearsal-huge",
  });
  const events = await collect(
    ctx,
    runOf([
      { modelVersionId: large.id, mark: "one" },
      { modelVersionId: large.id, content: weatherContent },
      { modelVersionId: unknown.id },
      { modelVersionId: dead.id, content: { ...capitalContent, parameters: {} } },
    ]),
  );
  const answers = answersIn(events);
  const kept = await findOptionalSetup(ctx);
  const restored = await restoreCells(ctx, kept!.cells);
  expect(answers.map((answer) => answer.status).sort()).toEqual(["awaiting", "done", "error", "error"]);
  for (const { cell, ...answer } of answers) {
    const { metrics, ...rest } = restored[cell]!.answer;
    expect(rest).toEqual({ ...answer, metrics: undefined });
    expect(metrics.latencyMs!).toBeCloseTo(answer.metrics.latencyMs!, -1);
    expect({ ...metrics, latencyMs: 0, timeToFirstTokenMs: 0 }).toEqual({
      ...answer.metrics,
      latencyMs: 0,
      timeToFirstTokenMs: 0,
    });
  }
});

test("a run of some cells leaves the others' answers where they are; a whole run does not", async () => {
  const { ctx, large, small } = await makeServing(server.origin);
  await saveSetup(ctx, { columns: [{ id: "a", content: capitalContent }] });
  const columns = [{ modelVersionId: large.id }, { modelVersionId: small.id }];
  await collect(ctx, runOf(columns));
  const before = (await findOptionalSetup(ctx))!.cells;
  await collect(ctx, runOf(columns, { cells: [{ columnId: "b", rowId: "single" }] }));
  const after = (await findOptionalSetup(ctx))!.cells;
  expect(after["a/single/0"]).toEqual(before["a/single/0"]);
  expect(after["b/single/0"]!.traceId).not.toBe(before["b/single/0"]!.traceId);
  await collect(ctx, runOf([{ modelVersionId: large.id }]));
  expect(Object.keys((await findOptionalSetup(ctx))!.cells)).toEqual(["a/single/0"]);
});

/** A provider that says one word and then nothing until the call is given up. */
async function startSilent() {
  const calls = { open: 0, aborted: 0, most: 0 };
  const silent = createServer((request, response) => {
    request.resume();
    calls.open += 1;
    calls.most = Math.max(calls.most, calls.open);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "Well" } }] })}\n\n`);
    response.on("close", () => {
      calls.open -= 1;
      calls.aborted += 1;
    });
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`;
  return { calls, baseUrl, close: () => new Promise((resolve) => silent.close(resolve)) };
}

async function silentModel(baseUrl: string) {
  const serving = await makeServing(server.origin);
  const connection = await saveConnection(serving.ctx, { name: "silent", provider: "openai", baseUrl });
  const model = await createModelVersion(serving.ctx, {
    model: "geographer",
    connectionId: connection.id,
    providerModel: "silent",
  });
  return { ...serving, model };
}

test("stopping a cell aborts its call alone; the signal's abort ends all; what was said is kept", async () => {
  const silent = await startSilent();
  const { ctx, model } = await silentModel(silent.baseUrl);
  const input = runOf([{ modelVersionId: model.id }, { modelVersionId: model.id }]);
  const events: RunEvent[] = [];
  const all = new AbortController();
  const other = (await makeProject()).ctx;
  const run = await prepareRun(ctx, input);
  await runPlayground(
    run,
    async (event) => {
      events.push(event);
      const texts = events.filter((each) => each.type === "text").length;
      if (event.type === "text" && texts === 2) {
        expect(stopRun(other, { runId: input.runId })).toEqual({ stopped: 0 });
        expect(stopRun(ctx, { runId: input.runId, cells: ["a/single/0"] })).toEqual({ stopped: 1 });
      }
      if (event.type === "answer" && event.cell === "a/single/0") all.abort(new Error("The tab is closed."));
    },
    all.signal,
  );
  const answers = answersIn(events);
  expect(answers.map(({ cell, status, text }) => ({ cell, status, text }))).toEqual([
    { cell: "a/single/0", status: "stopped", text: "Well" },
    { cell: "b/single/0", status: "stopped", text: "Well" },
  ]);
  await expect.poll(() => silent.calls.aborted).toBe(2);
  const { spans } = await findTrace(ctx, answers[0]!.traceId!);
  expect(spans[0]).toMatchObject({ status: "error", errorType: "canceled" });
  expect(spans[0]!.outputMessages![0]!.parts).toEqual([{ type: "text", text: "Well" }]);
  expect(stopRun(ctx, { runId: input.runId })).toEqual({ stopped: 0 });
  await silent.close();
});

test("one connection gets eight calls at a time, and those that wait are stopped too", async () => {
  const silent = await startSilent();
  const { ctx, model } = await silentModel(silent.baseUrl);
  const all = new AbortController();
  const rows = Array.from({ length: 20 }, (_, index) => ({
    id: `r${index}`,
    variables: { country: "Peru" },
  }));
  let texts = 0;
  const run = await prepareRun(ctx, runOf([{ modelVersionId: model.id }], { rows }));
  const answers: string[] = [];
  await runPlayground(
    run,
    async (event) => {
      if (event.type === "text" && ++texts === 8) all.abort(new Error("Enough."));
      if (event.type === "answer") answers.push(event.answer.status);
    },
    all.signal,
  );
  expect(silent.calls.most).toBe(8);
  expect(answers).toEqual(Array(20).fill("stopped"));
  await silent.close();
});

test("a reader that is slow holds the calls back", async () => {
  const { ctx, large } = await makeServing(server.origin);
  const content = {
    ...capitalContent,
    messages: [{ role: "user" as const, content: "Tell me a long story." }],
  };
  const run = await prepareRun(
    ctx,
    runOf([{ modelVersionId: large.id, content: { ...content, variables: [] } }]),
  );
  let waiting = 0;
  let most = 0;
  await runPlayground(
    run,
    async () => {
      waiting += 1;
      most = Math.max(most, waiting);
      await new Promise((resolve) => setImmediate(resolve));
      waiting -= 1;
    },
    new AbortController().signal,
  );
  expect(most).toBe(1);
});

test("tools are answered by a fixture and by a model, and the conversation goes on to an answer", async () => {
  const { ctx, large, small } = await makeServing(server.origin);
  const byFixture = await collect(
    ctx,
    runOf([{ modelVersionId: large.id, content: weatherContent }], {
      toolAnswers: { weather: { by: "fixture", answer: "18 degrees and fog" } },
    }),
  );
  const [fixed] = answersIn(byFixture);
  expect(fixed).toMatchObject({ status: "done", metrics: { calls: 2 } });
  expect(fixed!.text).toContain("18 degrees and fog");
  expect(fixed!.since.map((message) => message.role)).toEqual(["assistant", "tool"]);
  const { spans } = await findTrace(ctx, fixed!.traceId!);
  expect(spans.map((span) => span.operation)).toEqual(["chat", "execute_tool", "chat"]);
  expect(spans[1]).toMatchObject({ metadata: { answeredBy: "fixture" }, outputValue: "18 degrees and fog" });

  const [played] = answersIn(
    await collect(
      ctx,
      runOf([{ modelVersionId: large.id, content: weatherContent }], {
        toolAnswers: { weather: { by: "model" } },
        simulatorId: small.id,
      }),
    ),
  );
  expect(played).toMatchObject({ status: "done", metrics: { calls: 2 } });
  const result = played!.since[1]!;
  expect(result.role).toBe("tool");
  expect(played!.text).toContain(String(result.content).slice(0, 20));
});

test("a tool without a fixture waits for a person, whose answer goes on in the same trace", async () => {
  const { ctx, large } = await makeServing(server.origin);
  const columns = [{ modelVersionId: large.id, content: weatherContent }];
  const [asked] = answersIn(await collect(ctx, runOf(columns)));
  expect(asked).toMatchObject({
    status: "awaiting",
    toolCalls: [{ function: { name: "weather" } }],
    answered: {},
  });
  const call = asked!.toolCalls[0]!;
  const [answered] = answersIn(
    await collect(
      ctx,
      runOf(columns, {
        cells: [
          {
            columnId: "a",
            rowId: "single",
            traceId: asked!.traceId!,
            since: [
              { role: "assistant", content: asked!.text, tool_calls: [call] },
              { role: "tool", content: "It snows.", tool_call_id: call.id },
            ],
          },
        ],
      }),
    ),
  );
  expect(answered).toMatchObject({ status: "done", traceId: asked!.traceId });
  expect(answered!.text).toContain("It snows.");
  expect(answered!.metrics.calls).toBe(2);
  expect(answered!.metrics.inputTokens!).toBeGreaterThan(asked!.metrics.inputTokens! * 2);
  const { spans } = await findTrace(ctx, asked!.traceId!);
  expect(spans.map((span) => span.operation)).toEqual(["chat", "execute_tool", "chat"]);
  expect(spans[1]!.metadata.answeredBy).toBe("hand");
});

test("a model that never stops calling tools is stopped", async () => {
  const { ctx, large } = await makeServing(server.origin);
  const [answer] = answersIn(
    await collect(
      ctx,
      runOf([{ modelVersionId: large.id, content: { ...weatherContent, toolChoice: "required" } }], {
        toolAnswers: { weather: { by: "fixture", answer: "fog" } },
      }),
    ),
  );
  expect(answer).toMatchObject({ status: "error", error: { kind: "tools" }, metrics: { calls: 8 } });
});

test("errors are the provider's own, with what to change; a prompt that cannot be filled is not sent", async () => {
  const { ctx, large, connection } = await makeServing(server.origin);
  const missing = await createModelVersion(ctx, {
    model: "geographer",
    connectionId: connection.id,
    providerModel: "rehearsal-huge",
  });
  const events = await collect(
    ctx,
    runOf([
      { modelVersionId: missing.id },
      {
        modelVersionId: large.id,
        content: { ...capitalContent, messages: [{ role: "user", content: "{{other}}" }] },
      },
    ]),
  );
  const answers = answersIn(events);
  expect(answers.find((answer) => answer.cell === "a/single/0")).toMatchObject({
    status: "error",
    error: { kind: "unknown_model", status: 404, message: expect.stringContaining("rehearsal-huge") },
    traceId: expect.any(String),
  });
  expect(answers.find((answer) => answer.cell === "b/single/0")).toMatchObject({
    status: "error",
    error: { kind: "template", message: expect.stringContaining("{{other}}") },
    traceId: null,
  });
});

test("a refusal for now is waited out and told; a refused setting is named, and the call goes through without it", async () => {
  let calls = 0;
  const strict = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    calls += 1;
    if (calls === 1) {
      response.writeHead(429, { "content-type": "application/json", "retry-after-ms": "20" });
      response.end(JSON.stringify({ error: { message: "Slow down.", code: "rate_limit_exceeded" } }));
    } else if ("temperature" in JSON.parse(body)) {
      const message = "Unsupported value: 'temperature' does not support 0 with this model.";
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message, param: "temperature", code: "unsupported_value" } }));
    } else {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const chunk = {
        model: "strict",
        choices: [{ index: 0, delta: { content: "Oslo" }, finish_reason: "stop" }],
      };
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    }
  });
  await new Promise<void>((resolve) => strict.listen(0, "127.0.0.1", resolve));
  const { ctx, model } = await silentModel(`http://127.0.0.1:${(strict.address() as AddressInfo).port}/v1`);
  const events = await collect(ctx, runOf([{ modelVersionId: model.id }]));
  expect(events.filter((event) => event.type === "retry")).toMatchObject([
    { attempt: 1, waitS: 0.02, message: "Slow down." },
  ]);
  expect(answersIn(events)[0]).toMatchObject({
    status: "error",
    error: { kind: "unsupported_parameter", parameter: "temperature", status: 400 },
  });
  const without = await collect(ctx, runOf([{ modelVersionId: model.id, overrides: { temperature: null } }]));
  expect(answersIn(without)[0]).toMatchObject({ status: "done", text: "Oslo" });
  expect(calls).toBe(3);
  await new Promise((resolve) => strict.close(resolve));
});

test("a run over the limit, of another project's model or of a cell that is not there is refused", async () => {
  const { ctx, large } = await makeServing(server.origin);
  const rows = Array.from({ length: 50 }, (_, index) => ({ id: `r${index}` }));
  await expect(
    prepareRun(ctx, runOf([{ modelVersionId: large.id }], { rows, samples: 7 })),
  ).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("350 calls"),
  });
  const other = (await makeProject()).ctx;
  await expect(prepareRun(other, runOf([{ modelVersionId: large.id }]))).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(prepareRun(ctx, runOf([{ modelVersionId: newId() }]))).rejects.toMatchObject({
    code: "not_found",
  });
  const viewer = (await makeProject("viewer")).ctx;
  await expect(prepareRun(viewer, runOf([{ modelVersionId: large.id }]))).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(
    prepareRun(ctx, runOf([{ modelVersionId: large.id }], { cells: [{ columnId: "z", rowId: "single" }] })),
  ).rejects.toMatchObject({ code: "invalid_input" });
});
