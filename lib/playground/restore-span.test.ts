import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { saveDeployment } from "#lib/deployments/save-deployment.ts";
import { acceptSpans } from "#lib/ingest/accept-spans.ts";
import { makeServing, startServer } from "#lib/ingest/gateway/gateway.fixture.ts";
import { drainGateway } from "#lib/ingest/gateway/trace-queue.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { findSpan } from "#lib/traces/store/find-trace.ts";
import { answersIn, collect, runOf } from "./playground.fixture.ts";
import { restoreSpan } from "./restore-span.ts";

useDatabase();
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function lastSpan(ctx: Context): Promise<{ traceId: string; spanId: string }> {
  expect(await drainGateway()).toBe(0);
  const [row] = await sql()<{ traceId: string; spanId: string }[]>`
    select replace(trace_id::text, '-', '') as "traceId", encode(span_id, 'hex') as "spanId" from spans
    where project_id = ${ctx.projectId} order by start_time desc limit 1`;
  return row!;
}

const tools = [
  {
    type: "function" as const,
    function: {
      name: "atlas",
      description: "Looks a place up",
      // The order of members must survive: models answer in it.
      parameters: { type: "object", properties: { zone: { type: "string" }, area: { type: "string" } } },
    },
  },
];

async function deployCapital(origin: string) {
  const serving = await makeServing(origin);
  const { version } = await saveVersion(serving.ctx, {
    name: "tooled",
    labels: ["production"],
    content: {
      type: "chat",
      messages: [
        {
          role: "system",
          content: "Answer {{#isShort}}shortly{{/isShort}}{{^isShort}}at length{{/isShort}}.",
        },
        { role: "user", content: "What is the capital of {{country}}? Facts: {{facts}}" },
      ],
      variables: [
        { name: "country" },
        { name: "isShort", type: "boolean", isRequired: false },
        { name: "facts", type: "list", isRequired: false },
      ],
      parameters: { temperature: 0.3, stop: ["END"] },
      tools,
      toolChoice: "none",
      responseFormat: { type: "json_schema", name: "capital", schema: { type: "object", properties: {} } },
    },
  });
  await saveDeployment(serving.ctx, {
    name: "tooled",
    promptName: "tooled",
    modelVersionId: serving.large.id,
    parameters: { topP: 0.9 },
  });
  return { ...serving, version };
}

test("a gateway call of a prompt comes back as the version, its variables, tools and parameters, and runs alike", async () => {
  const { ctx, client, version, large } = await deployCapital(server.origin);
  const variables = { country: "Norway {{not a tag}}", isShort: true, facts: [{ area: 1 }, "x"] };
  await client.chat.completions.create({
    model: "tooled",
    messages: [{ role: "user", content: "And its {{river}}?" }],
    max_tokens: 20,
    metadata: { variables: JSON.stringify(variables) },
  });
  const place = await lastSpan(ctx);
  const span = await findSpan(ctx, place.traceId, place.spanId);
  const { setup, notes } = await restoreSpan(ctx, place.traceId, place.spanId);

  expect(notes).toEqual([]);
  const [column] = setup.columns;
  expect(column!.content).toEqual(version.content);
  expect(Object.keys(column!.content.tools[0]!.function.parameters!.properties as object)).toEqual([
    "zone",
    "area",
  ]);
  expect(column).toMatchObject({
    origin: { promptName: "tooled", number: version.number },
    modelVersionId: large.id,
  });
  expect(column!.overrides).toEqual({ topP: 0.9, maxTokens: 20 });
  expect(setup.variables).toEqual(variables);
  expect(setup.messages).toEqual([{ role: "user", content: "And its {{river}}?" }]);

  const rows = [{ id: "single", variables: setup.variables, messages: setup.messages }];
  const input = runOf([{ ...column!, modelVersionId: large.id }], { rows });
  const [answer] = answersIn(await collect(ctx, input));
  const again = await findSpan(ctx, answer!.traceId!, answer!.spanId!);
  expect(again.inputMessages).toEqual(span.inputMessages);
  expect(again.parameters).toEqual(span.parameters);
  expect(again.tools).toEqual(span.tools);
  expect(again.prompt).toEqual(span.prompt);

  const twice = await restoreSpan(ctx, answer!.traceId!, answer!.spanId!);
  expect(twice).toEqual({ setup: { ...setup, columns: [{ ...column }] }, notes: [] });
});

test("an answer format that the caller set in the prompt's place comes back as the caller's", async () => {
  const { ctx, client, version } = await deployCapital(server.origin);
  await client.chat.completions
    .create({
      model: "tooled",
      messages: [],
      metadata: { var_country: "Peru" },
      response_format: { type: "json_object" },
      tool_choice: "auto",
    })
    .catch(() => {});
  const place = await lastSpan(ctx);
  const { setup, notes } = await restoreSpan(ctx, place.traceId, place.spanId);
  expect(notes).toEqual([expect.stringContaining("answer format")]);
  expect(setup.columns[0]!.content).toEqual({
    ...version.content,
    responseFormat: { type: "json" },
    toolChoice: "auto",
  });
});

test("messages that filled a placeholder come back in it", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  await saveVersion(ctx, {
    name: "talk",
    labels: ["production"],
    content: {
      type: "chat",
      messages: [
        { role: "system", content: "Be {{tone}}." },
        { type: "placeholder", name: "history" },
        { role: "user", content: "Go on." },
      ],
      variables: [{ name: "tone" }],
    },
  });
  await saveDeployment(ctx, { name: "talk", promptName: "talk", modelVersionId: large.id });
  const history = [
    { role: "user" as const, content: "Hi {{you}}" },
    { role: "assistant" as const, content: "Hello." },
  ];
  await client.chat.completions.create({ model: "talk", messages: history, metadata: { var_tone: "kind" } });
  const place = await lastSpan(ctx);
  const { setup, notes } = await restoreSpan(ctx, place.traceId, place.spanId);
  expect(notes).toEqual([]);
  expect(setup).toMatchObject({ variables: { tone: "kind" }, placeholders: { history }, messages: [] });
});

test("a call without a prompt comes back as literal text that runs alike, braces and all", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  await client.chat.completions.create({
    model: "rehearsal-large@1000x",
    temperature: 0.5,
    tools,
    messages: [
      { role: "system", content: "Keep {{name}} and {{{raw}}} as they are, also {{#open}." },
      { role: "user", content: "What is the capital of Peru?" },
    ],
  });
  const place = await lastSpan(ctx);
  const span = await findSpan(ctx, place.traceId, place.spanId);
  const { setup, notes } = await restoreSpan(ctx, place.traceId, place.spanId);
  expect(notes).toEqual([expect.stringContaining("no saved prompt")]);
  const [column] = setup.columns;
  expect(column).toMatchObject({ origin: null, modelVersionId: large.id, overrides: {} });
  expect(column!.content.parameters).toEqual({ temperature: 0.5, maxTokens: 64 });

  const [answer] = answersIn(
    await collect(ctx, runOf([{ ...column!, modelVersionId: large.id }], { rows: [{ id: "single" }] })),
  );
  const again = await findSpan(ctx, answer!.traceId!, answer!.spanId!);
  expect(again.inputMessages).toEqual(span.inputMessages);
  // “auto” is what offering tools without a choice means.
  expect(again.parameters).toEqual({ ...span.parameters, toolChoice: "auto" });
  expect(again.tools).toEqual(span.tools);
});

test("a linked span that does not say its variables gives its messages, and says so", async () => {
  const { ctx, bare } = await makeServing(server.origin);
  const traceId = newTraceId();
  const spanId = newSpanId();
  await acceptSpans(ctx, [
    {
      traceId,
      spanId,
      parentSpanId: null,
      name: "chat",
      kind: "client",
      operation: "chat",
      startTimeUs: Date.now() * 1000,
      endTimeUs: Date.now() * 1000 + 5,
      status: "ok",
      errorType: null,
      errorMessage: null,
      service: null,
      environment: null,
      release: null,
      userId: null,
      sessionId: null,
      tags: [],
      metadata: {},
      provider: "openai",
      requestModel: "unheard-of",
      responseModel: null,
      parameters: { temperature: 0.2 },
      inputMessages: [
        {
          role: "system",
          name: null,
          parts: [{ type: "text", text: "Answer with only the name." }],
          finishReason: null,
        },
        {
          role: "user",
          name: null,
          parts: [{ type: "text", text: "What is the capital of Chad?" }],
          finishReason: null,
        },
      ],
      outputMessages: null,
      inputValue: null,
      outputValue: null,
      tools: null,
      finishReasons: [],
      usage: {
        inputTokens: null,
        outputTokens: null,
        cachedInputTokens: null,
        cacheWriteInputTokens: null,
        reasoningOutputTokens: null,
        source: "missing",
      },
      cost: { usd: null, source: "missing" },
      timeToFirstTokenMs: null,
      prompt: { name: bare.name, version: String(bare.number), versionId: null },
      variables: null,
      assignment: null,
      deployment: null,
      dialect: "otel",
      mappingVersion: 1,
      raw: {
        resource: {},
        scope: { name: "", version: null },
        attributes: {},
        events: [],
        links: [],
        startTimeUnixNano: "1",
        endTimeUnixNano: null,
        statusCode: 1,
        statusMessage: null,
      },
    },
  ]);
  const { setup, notes } = await restoreSpan(ctx, traceId, spanId);
  expect(notes).toEqual([
    expect.stringContaining("unheard-of"),
    expect.stringContaining("does not carry its variables"),
  ]);
  expect(setup.columns[0]).toMatchObject({ origin: null, modelVersionId: null });
  expect(setup.columns[0]!.content).toMatchObject({
    messages: [
      { role: "system", content: "Answer with only the name." },
      { role: "user", content: "What is the capital of Chad?" },
    ],
    parameters: { temperature: 0.2 },
  });
});

test("a span that is not there is not found", async () => {
  const { ctx } = await makeServing(server.origin);
  await expect(restoreSpan(ctx, newTraceId(), newSpanId())).rejects.toMatchObject({ code: "not_found" });
});
