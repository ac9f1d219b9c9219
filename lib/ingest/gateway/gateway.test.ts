import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createAbTest } from "#lib/abtests/create-ab-test.ts";
import { startAbTest } from "#lib/abtests/start-ab-test.ts";
import type { Context } from "#lib/core/context.ts";
import { sql } from "#lib/db/postgres.ts";
import { saveDeployment } from "#lib/deployments/save-deployment.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { saveConnection } from "#lib/models/save-connection.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey } from "#lib/testing/factories.ts";
import { parseRaw } from "#lib/traces/pack-raw.ts";
import type { SpanContent } from "#lib/traces/span.ts";
import { makeServing, startServer } from "./gateway.fixture.ts";
import { drainGateway } from "./trace-queue.ts";

useDatabase();
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await drainGateway();
  await server.close();
});

type SpanRow = { [column: string]: unknown; content: SpanContent };

/** The stored spans of a project, oldest first, once the gateway has written them. */
async function storedSpans(ctx: Context): Promise<SpanRow[]> {
  expect(await drainGateway()).toBe(0);
  const rows = await sql()`
    select s.*, replace(s.trace_id::text, '-', '') as trace_hex, encode(s.span_id, 'hex') as span_hex, p.content
    from spans s join span_payloads p using (project_id, trace_id, span_id)
    where s.project_id = ${ctx.projectId} order by s.start_time`;
  return rows.map((row) => ({ ...row, content: JSON.parse(row.content) }));
}

const ask = {
  messages: [],
  metadata: { user_id: "u1", session_id: "s1", var_country: "Norway", plan: "pro" },
};

test("a deployment fills its prompt, and the trace says what answered", async () => {
  const { ctx, client, large, bare } = await makeServing(server.origin);
  await saveDeployment(ctx, { name: "capitals", promptName: "capital question", modelVersionId: large.id });
  const { data, response } = await client.chat.completions
    .create({ model: "capitals", ...ask })
    .withResponse();
  expect(data.choices[0]!.message.content).toBe("Oslo");
  expect(response.headers.get("x-stemma-prompt-version")).toBe(String(bare.number));

  const [span, ...others] = await storedSpans(ctx);
  expect(others).toEqual([]);
  expect(span).toMatchObject({
    trace_hex: response.headers.get("x-stemma-trace-id"),
    span_hex: response.headers.get("x-stemma-span-id"),
    prompt_version_id: bare.id,
    model_version_id: large.id,
    is_model_call: true,
    status: "ok",
    provider: "rehearsal",
    response_model: "rehearsal-large",
    response_id: data.id,
    user_id: "u1",
    session_id: "s1",
    deployment: "capitals",
    dialect: "gateway",
    input_tokens: data.usage!.prompt_tokens,
    output_tokens: data.usage!.completion_tokens,
    usage_source: "reported",
    ab_test_key: null,
  });
  expect(span!.cost_usd).toBeCloseTo(
    (data.usage!.prompt_tokens * 2.5 + data.usage!.completion_tokens * 10) / 1e6,
    12,
  );
  expect(span!.content).toMatchObject({
    variables: { country: "Norway" },
    metadata: { plan: "pro" },
    parameters: { temperature: 0, maxTokens: 64 },
    finishReasons: ["stop"],
  });
  expect(span!.content.outputMessages![0]!.parts).toEqual([{ type: "text", text: "Oslo" }]);
  expect(span!.content.inputMessages!.map((message) => message.role)).toEqual(["system", "user"]);
});

test("a stream passes byte for byte and is traced with its time to first token", async () => {
  const { ctx, large, secretKey } = await makeServing(server.origin);
  await saveDeployment(ctx, { name: "capitals", promptName: "capital question", modelVersionId: large.id });
  const chunks = [
    'data: {"id":"c1","model":"x","choices":[{"index":0,"delta":{"content":"Hé"}}]}\r\n\r\n: ping\n',
    "\ndata: [DO",
    "NE]\n\n",
  ];
  const provider = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  });
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const { port } = provider.address() as AddressInfo;
  const other = await saveConnection(ctx, {
    name: "own",
    provider: "vllm",
    baseUrl: `http://127.0.0.1:${port}/v1`,
  });
  await createModelVersion(ctx, { model: "geographer", connectionId: other.id, providerModel: "own-model" });

  const response = await fetch(`${server.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${secretKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "own-model",
      messages: [{ role: "user", content: "Hello" }],
      stream: true,
    }),
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(await response.text()).toBe(chunks.join(""));
  provider.close();

  const [span] = await storedSpans(ctx);
  expect(span).toMatchObject({
    provider: "vllm",
    status: "ok",
    usage_source: "estimated",
    cost_usd: null,
    deployment: null,
  });
  expect(span!.ttft_ms).toBeGreaterThan(0);
  expect(span!.content.outputMessages![0]!.parts).toEqual([{ type: "text", text: "Hé" }]);
});

test("the stock client streams from a deployment, with usage", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  await saveDeployment(ctx, { name: "capitals", promptName: "capital question", modelVersionId: large.id });
  const stream = await client.chat.completions.create({
    model: "capitals",
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  expect(text).toBe("Oslo");
  const [span] = await storedSpans(ctx);
  expect(span).toMatchObject({ status: "ok", usage_source: "reported" });
  expect(span!.ttft_ms as number).toBeLessThanOrEqual((span!.duration_us as number) / 1000);
});

test("the request's parameters win over the deployment's, those over the prompt's, those over the model's", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  await saveDeployment(ctx, {
    name: "capitals",
    promptName: "capital question",
    modelVersionId: large.id,
    parameters: { topP: 0.5, seed: 1 },
  });
  await client.chat.completions.create({ model: "capitals", ...ask, seed: 2, max_completion_tokens: 7 });
  const [span] = await storedSpans(ctx);
  expect(span!.content.parameters).toEqual({ temperature: 0, topP: 0.5, seed: 2, maxTokens: 7 });
});

test("the caller's messages follow the prompt's", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  await saveDeployment(ctx, { name: "capitals", promptName: "capital question", modelVersionId: large.id });
  const messages = [{ role: "user" as const, content: "And of Peru?" }];
  const answer = await client.chat.completions.create({ model: "capitals", ...ask, messages });
  expect(answer.choices[0]!.message.content).toBe("Lima");
});

test("a running A/B test decides by unit, sticks to it, and the trace carries the assignment", async () => {
  const { ctx, client, large, small, bare, chatty } = await makeServing(server.origin);
  await createAbTest(ctx, {
    key: "tone",
    name: "Tone",
    variants: [
      { promptVersionId: bare.id, modelVersionId: large.id },
      { promptVersionId: chatty.id, modelVersionId: small.id, parameters: { temperature: 0.1 } },
    ],
    metrics: { success: [{ metric: "latency_ms" }] },
  });
  await saveDeployment(ctx, {
    name: "capitals",
    abTestKey: "tone",
    promptName: "capital question",
    modelVersionId: large.id,
  });
  const call = async (unit?: string) => {
    const metadata = { ...(unit && { user_id: unit }), var_country: "Norway" };
    const { response } = await client.chat.completions
      .create({ model: "capitals", messages: [], metadata })
      .withResponse();
    return response.headers.get("x-stemma-variant");
  };
  expect(await call("u1")).toBeNull();

  await startAbTest(ctx, "tone", { acceptsWarnings: true });
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const units = Array.from({ length: 40 }, (_, index) => `unit-${index}`);
  const first = await Promise.all(units.map(call));
  expect(new Set(first)).toEqual(new Set(["A", "B"]));
  expect(await Promise.all(units.map(call))).toEqual(first);
  expect(await call()).toBeNull();

  const spans = (await storedSpans(ctx)).filter((span) => span.ab_test_key === "tone");
  expect(spans).toHaveLength(80);
  for (const span of spans) {
    const isA = span.variant_key === "A";
    expect(span.variant_key).toBe(first[units.indexOf(span.unit_id as string)]);
    expect(span.prompt_version_id).toBe(isA ? bare.id : chatty.id);
    expect(span.model_version_id).toBe(isA ? large.id : small.id);
    expect(span.content.parameters.temperature).toBe(isA ? 0 : 0.1);
  }
});

test("a plain model name is passed through, and traced", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  const messages = [{ role: "user" as const, content: "What is the capital of Peru?" }];
  const answer = await client.chat.completions.create({
    model: large.providerModel,
    messages,
    temperature: 0,
  });
  expect(answer.choices[0]!.message.content).toContain("Lima");
  const [span] = await storedSpans(ctx);
  expect(span).toMatchObject({ deployment: null, prompt_version_id: null, model_version_id: large.id });
});

test("a provider's error passes as it was sent, and is a trace with an error", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  const messages = [{ role: "user" as const, content: "Hello" }];
  const error = await client.chat.completions
    .create({ model: large.providerModel, messages, temperature: 9 })
    .catch((caught) => caught);
  expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  expect(error.param).toBe("temperature");
  const [span] = await storedSpans(ctx);
  expect(span).toMatchObject({ status: "error", error_type: "400", usage_source: "missing", cost_usd: null });
});

test("a provider that can't be reached is 502, and a trace", async () => {
  const { ctx, client } = await makeServing(server.origin, "http://127.0.0.1:9/v1");
  const error = await client.chat.completions
    .create({ model: "geographer", messages: [{ role: "user", content: "Hello" }] })
    .catch((caught) => caught);
  expect(error.status).toBe(502);
  expect(error.code).toBe("provider_unreachable");
  expect((await storedSpans(ctx))[0]).toMatchObject({ status: "error", error_type: "provider_unreachable" });
});

test("a caller that goes away ends the provider's call, and what came is kept", async () => {
  const { ctx, client, connection } = await makeServing(server.origin);
  await createModelVersion(ctx, {
    model: "geographer",
    connectionId: connection.id,
    providerModel: "rehearsal-small",
  });
  const stream = await client.chat.completions.create({
    model: "rehearsal-small",
    messages: [{ role: "user", content: "Write a long text about rain and rivers." }],
    stream: true,
  });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  await expect.poll(async () => (await storedSpans(ctx)).length, { timeout: 5000 }).toBe(1);
  const [span] = await storedSpans(ctx);
  expect(span).toMatchObject({ status: "error", error_type: "canceled", usage_source: "estimated" });
  expect(span!.content.outputMessages!.length).toBe(1);
});

test("embeddings and responses are passed through, and traced", async () => {
  const { ctx, client, connection, large } = await makeServing(server.origin);
  await createModelVersion(ctx, {
    model: "geographer",
    connectionId: connection.id,
    providerModel: "rehearsal-embedding",
  });
  const { data } = await client.embeddings.create({ model: "rehearsal-embedding", input: "rain" });
  expect(data[0]!.embedding).toHaveLength(256);
  const answer = await client.responses.create({
    model: large.providerModel,
    input: "What is the capital of Peru?",
    temperature: 0,
  });
  expect(answer.output_text).toContain("Lima");
  const stream = await client.responses.create({
    model: large.providerModel,
    input: "What is the capital of Peru?",
    stream: true,
  });
  for await (const _ of stream);
  const spans = await storedSpans(ctx);
  expect(spans.map((span) => span.operation)).toEqual(["embeddings", "chat", "chat"]);
  for (const span of spans) expect(span).toMatchObject({ status: "ok", usage_source: "reported" });
  expect(spans[1]!.content.outputMessages![0]!.parts[0]).toMatchObject({
    type: "text",
    text: expect.stringContaining("Lima"),
  });
  expect(spans[2]!.content.outputMessages![0]!.parts[0]).toMatchObject({ type: "text" });
});

test("the caller's own trace is joined", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  const traceId = "a1".repeat(16);
  await client.chat.completions.create(
    { model: large.providerModel, messages: [{ role: "user", content: "Hi" }] },
    { headers: { traceparent: `00-${traceId}-${"b2".repeat(8)}-01` } },
  );
  expect((await storedSpans(ctx))[0]!.trace_hex).toBe(traceId);
});

test("deployments and models are listed", async () => {
  const { ctx, client, large } = await makeServing(server.origin);
  await saveDeployment(ctx, { name: "capitals", modelVersionId: large.id });
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual(["capitals", "geographer", "rehearsal-large@1000x", "rehearsal-small@1000x"]);
});

test("each status comes in OpenAI's shape", async () => {
  const { ctx, large, secretKey } = await makeServing(server.origin);
  await saveDeployment(ctx, { name: "capitals", promptName: "capital question", modelVersionId: large.id });
  await saveDeployment(ctx, { name: "asleep", modelVersionId: large.id, isEnabled: false });
  const reader = await makeApiKey(ctx, ["read"]);
  const stranger = await makeServing(server.origin);
  const messages = [{ role: "user", content: "Hi" }];
  const cases: [string, unknown, number, string | null][] = [
    ["sk-wrong", { model: "capitals", messages }, 401, null],
    [reader.secretKey, { model: "capitals", messages }, 403, null],
    [secretKey, { model: "nothing", messages }, 404, "model"],
    [stranger.secretKey, { model: "capitals", messages }, 404, "model"],
    [secretKey, { model: "capitals", messages }, 400, "variables.country"],
    [secretKey, { messages }, 400, "model"],
    [secretKey, { model: "asleep", messages }, 409, null],
    [secretKey, { model: "geographer", messages: [] }, 400, "messages"],
  ];
  for (const [key, body, status, param] of cases) {
    const response = await fetch(`${server.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { error: Record<string, unknown> };
    expect([response.status, answer.error.param], JSON.stringify(answer)).toEqual([status, param]);
    expect(Object.keys(answer.error)).toEqual(["message", "type", "param", "code"]);
  }
  const malformed = await fetch(`${server.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${secretKey}` },
    body: "{",
  });
  expect(malformed.status).toBe(400);
  expect(await storedSpans(ctx)).toEqual([]);
});

/** A model version whose provider answers every call with this status, and how many calls it has seen. */
async function failingModel(ctx: Context, status: number) {
  let calls = 0;
  const provider = createServer((_, response) => {
    calls++;
    response.writeHead(status, { "content-type": "application/json", "retry-after-ms": "5" });
    response.end('{"error":{"message":"out of order"}}');
  });
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const { port } = provider.address() as AddressInfo;
  const connection = await saveConnection(ctx, {
    name: `failing with ${status}`,
    provider: "vllm",
    baseUrl: `http://127.0.0.1:${port}/v1`,
  });
  const version = await createModelVersion(ctx, {
    model: "geographer",
    connectionId: connection.id,
    providerModel: "failing-model",
  });
  return { version, callCount: () => calls, close: () => provider.close() };
}

test("a call that fails for the moment is tried again, then answered by a fallback, and stays its variant's", async () => {
  const { ctx, client, small, bare } = await makeServing(server.origin);
  const failing = await failingModel(ctx, 503);
  const variant = { promptVersionId: bare.id, modelVersionId: failing.version.id };
  await createAbTest(ctx, {
    key: "tone",
    name: "Tone",
    variants: [variant, { ...variant, parameters: { temperature: 0.1 } }],
    metrics: { success: [{ metric: "latency_ms" }] },
  });
  await startAbTest(ctx, "tone", { acceptsWarnings: true });
  await saveDeployment(ctx, {
    name: "capitals",
    abTestKey: "tone",
    retries: 1,
    fallbackModelVersionIds: [small.id],
  });
  const { data, response } = await client.chat.completions
    .create({ model: "capitals", ...ask })
    .withResponse();
  failing.close();
  expect(data.model).toBe("rehearsal-small");
  expect(failing.callCount()).toBe(2);
  expect(response.headers.get("x-stemma-attempts")).toBe("3");
  expect(response.headers.get("x-stemma-model-version")).toBe(`geographer@${small.number}`);

  const spans = await storedSpans(ctx);
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({
    status: "ok",
    ab_test_key: "tone",
    variant_key: response.headers.get("x-stemma-variant"),
    model_version_id: small.id,
    response_model: "rehearsal-small",
  });
  const [{ raw }] =
    (await sql()`select raw from span_payloads where project_id = ${ctx.projectId}`) as unknown as [
      { raw: Buffer },
    ];
  const failure = {
    "gen_ai.request.model": "failing-model",
    "error.type": "503",
    "error.message": "out of order",
  };
  expect(parseRaw(raw).events.map((event) => event.attributes)).toMatchObject([failure, failure]);
});

test("what no other model can mend is neither tried again nor passed on", async () => {
  const { ctx, client, small } = await makeServing(server.origin);
  const failing = await failingModel(ctx, 400);
  await saveDeployment(ctx, {
    name: "capitals",
    modelVersionId: failing.version.id,
    retries: 3,
    fallbackModelVersionIds: [small.id],
  });
  const messages = [{ role: "user" as const, content: "Hello" }];
  await expect(client.chat.completions.create({ model: "capitals", messages })).rejects.toMatchObject({
    status: 400,
    error: { message: "out of order" },
  });
  failing.close();
  expect(failing.callCount()).toBe(1);
  expect(await storedSpans(ctx)).toMatchObject([{ status: "error", error_type: "400" }]);
});

test("a fallback that is not there is refused when the deployment is saved", async () => {
  const { ctx, small } = await makeServing(server.origin);
  const unknown = "01a214ed-4eb2-7792-acb8-732606390421";
  const saving = saveDeployment(ctx, {
    name: "capitals",
    modelVersionId: small.id,
    fallbackModelVersionIds: [unknown],
  });
  await expect(saving).rejects.toMatchObject({
    code: "invalid_input",
    issues: [{ path: "fallbackModelVersionIds" }],
  });
});

test("a change of what is served counts from the next call on", async () => {
  const { ctx, client, large, small } = await makeServing(server.origin);
  const answeredBy = async () =>
    (
      await client.chat.completions.create({
        model: "capitals",
        messages: [{ role: "user", content: "Hello" }],
      })
    ).model;
  for (const { id, providerModel } of [large, small, large]) {
    await saveDeployment(ctx, { name: "capitals", modelVersionId: id });
    expect(await answeredBy()).toBe(providerModel.split("@")[0]);
    // Another process changes it: only the database tells.
    await sql()`update deployment set model_version_id = ${small.id} where project_id = ${ctx.projectId}`;
    await vi.waitFor(async () => expect(await answeredBy()).toBe("rehearsal-small"));
  }
});
