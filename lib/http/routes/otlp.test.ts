import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { PbfReader } from "pbf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newSpanId, newTraceId } from "#lib/core/ids.ts";
import { closeSql, sql } from "#lib/db/postgres.ts";
import { prisma } from "#lib/db/prisma.ts";
import { databaseUrl, env, setRuntime } from "#lib/env.ts";
import { BodyHold } from "#lib/ingest/otlp/hold-body.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { findTrace } from "#lib/traces/store/find-trace.ts";
import { otlpRoutes } from "./otlp.ts";

useDatabase();

let server: Server;
let origin = "";
beforeAll(async () => {
  server = createServer(getRequestListener(otlpRoutes.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const json = "application/json";
const protobuf = "application/x-protobuf";

async function makeSender(scopes?: Parameters<typeof makeApiKey>[1]) {
  const { ctx } = await makeProject();
  const key = await makeApiKey(ctx, scopes ?? ["traces:write"]);
  const send = (path: string, body: BodyInit | null, headers: Record<string, string> = {}) =>
    fetch(`${origin}${path}`, {
      method: "POST",
      body,
      headers: { "content-type": json, authorization: key.authorization, ...headers },
    });
  return { ctx, key, send };
}

function spanBody(...spans: object[]): string {
  const filled = spans.map((span) => ({
    traceId: newTraceId(),
    spanId: newSpanId(),
    name: "chat",
    startTimeUnixNano: `${Date.now()}000000`,
    ...span,
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: filled }] }] });
}

async function countSpans(projectId: string): Promise<number> {
  return (await sql()`select 1 from spans where project_id = ${projectId}`).length;
}

/** The fields of a flat Protobuf message: numbers for varints, text for the rest. */
function fieldsOf(bytes: ArrayBuffer): Record<number, number | string> {
  const fields: Record<number, number | string> = {};
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    fields[tag] = pbf.type === 0 ? pbf.readVarint() : pbf.readString();
  }, {});
  return fields;
}

test.each(["/v1/traces", "/api/public/otel/v1/traces", "/otel/v1/traces"])(
  "200 on %s, in JSON and empty, once the spans are committed",
  async (path) => {
    const { ctx, send } = await makeSender();
    const response = await send(path, spanBody({}));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(json);
    expect(await response.json()).toEqual({});
    expect(await countSpans(ctx.projectId)).toBe(1);
  },
);

test("200 for gzipped protobuf from OpenTelemetry's own serializer, answered in protobuf, with Basic keys", async () => {
  const { ctx, key } = await makeSender();
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  for (let i = 0; i < 3; i++) provider.getTracer("t").startSpan(`s${i}`).end();
  const body = gzipSync(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans())!);
  const response = await fetch(`${origin}/v1/traces`, {
    method: "POST",
    body: new ReadableStream({
      start(controller) {
        for (const byte of [body.subarray(0, 50), body.subarray(50)])
          controller.enqueue(new Uint8Array(byte));
        controller.close();
      },
    }),
    duplex: "half",
    headers: {
      "content-type": protobuf,
      "content-encoding": "gzip",
      authorization: `Basic ${Buffer.from(`${key.publicKey}:${key.secretKey}`).toString("base64")}`,
    },
  } as RequestInit);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, protobuf]);
  expect((await response.arrayBuffer()).byteLength).toBe(0);
  expect(await countSpans(ctx.projectId)).toBe(3);
});

test("200 for a request of no spans", async () => {
  const { send } = await makeSender();
  for (const body of ["{}", '{"resourceSpans":[]}', spanBody()]) {
    expect((await send("/v1/traces", body)).status).toBe(200);
  }
  const empty = await send("/v1/traces", new Uint8Array(0), { "content-type": protobuf });
  expect(empty.status).toBe(200);
});

test("200 with partial success: bad spans are counted and explained, the others stored", async () => {
  const { ctx, send } = await makeSender();
  const response = await send("/v1/traces", spanBody({}, { traceId: "" }, { spanId: "xyz" }));
  expect(response.status).toBe(200);
  const { partialSuccess } = (await response.json()) as { partialSuccess: Record<string, string> };
  expect(partialSuccess.rejectedSpans).toBe("2");
  expect(partialSuccess.errorMessage).toMatch(/traceId must be 16 bytes/);
  expect(await countSpans(ctx.projectId)).toBe(1);
});

test("400 with a google.rpc.Status whose details name the field, in the request's encoding", async () => {
  const { send } = await makeSender();
  const response = await send("/v1/traces", '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]}');
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    code: 3,
    message: expect.stringContaining("must be a string"),
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        fieldViolations: [
          { field: "resourceSpans.0.scopeSpans.0.spans.0.name", description: "must be a string" },
        ],
      },
    ],
  });
  const binary = await send("/v1/traces", "not protobuf", { "content-type": protobuf });
  expect([binary.status, binary.headers.get("content-type")]).toEqual([400, protobuf]);
  expect(fieldsOf(await binary.arrayBuffer())).toMatchObject({ 1: 3, 2: expect.stringContaining("OTLP") });
});

test("400 for bytes that are no gzip", async () => {
  const { send } = await makeSender();
  expect((await send("/v1/traces", "{}", { "content-encoding": "gzip" })).status).toBe(400);
});

test("401 without a key or with an unknown one, as a Status in the request's encoding", async () => {
  const { send } = await makeSender();
  const response = await send("/v1/traces", "{}", { authorization: "Bearer nope" });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ code: 16, message: expect.any(String) });
  const binary = await send("/v1/traces", "", { authorization: "", "content-type": protobuf });
  expect([binary.status, binary.headers.get("content-type")]).toEqual([401, protobuf]);
});

test("403 for a key without traces:write", async () => {
  const { send } = await makeSender(["prompts:read"]);
  const response = await send("/v1/traces", spanBody({}));
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: 7 });
});

test("413 for a body over the limit, declared, streamed or only once decompressed, and the server lives on", async () => {
  const { key, send } = await makeSender();
  const over = env().bodyLimitBytes + 1;
  expect(
    (await send("/v1/traces", gzipSync(Buffer.alloc(over)), { "content-encoding": "gzip" })).status,
  ).toBe(413);
  const limit = env().bodyLimitBytes;
  env().bodyLimitBytes = 100_000;
  try {
    const declared = await send("/v1/traces", " ".repeat(200_000));
    expect(declared.status).toBe(413);
    expect(await declared.json()).toMatchObject({
      code: 3,
      message: expect.stringContaining("100000 bytes"),
    });
    const chunk = new Uint8Array(20_000);
    const streamed = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 10; i++) controller.enqueue(chunk);
        controller.close();
      },
    });
    expect((await sendStream(streamed, key.authorization)).status).toBe(413);
  } finally {
    env().bodyLimitBytes = limit;
  }
  expect((await send("/v1/traces", "{}")).status).toBe(200);
});

function sendStream(body: ReadableStream, authorization: string): Promise<Response> {
  return fetch(`${origin}/v1/traces`, {
    method: "POST",
    body,
    duplex: "half",
    headers: { "content-type": json, authorization },
  } as RequestInit);
}

test("415 for another media type or content coding, answered in JSON", async () => {
  const { send } = await makeSender();
  const response = await send("/v1/traces", "{}", { "content-type": "text/plain" });
  expect([response.status, response.headers.get("content-type")]).toEqual([415, json]);
  expect((await send("/v1/traces", "{}", { "content-encoding": "br" })).status).toBe(415);
  expect((await send("/v1/traces", "{}", { "content-type": "Application/JSON; charset=utf-8" })).status).toBe(
    200,
  );
});

test("429 with Retry-After once a key is over its rate", async () => {
  const { send } = await makeSender();
  env().requestsPerSecond = 1;
  try {
    const responses = [];
    for (let i = 0; i < 5; i++) responses.push(await send("/v1/traces", "{}"));
    const refused = responses.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 8 });
  } finally {
    env().requestsPerSecond = 0;
  }
});

test("503 with Retry-After while the database is away, and 200 when it is back", async () => {
  const { ctx, send } = await makeSender();
  const body = spanBody({});
  expect((await send("/v1/traces", "{}")).status).toBe(200);
  const url = databaseUrl();
  setRuntime({ databaseUrl: "postgresql://stemma:x@127.0.0.1:1/none" });
  const response = await send("/v1/traces", body);
  await closeSql();
  setRuntime({ databaseUrl: url });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).not.toBeNull();
  expect(await response.json()).toMatchObject({ code: 14 });
  expect((await send("/v1/traces", body)).status).toBe(200);
  expect(await countSpans(ctx.projectId)).toBe(1);
});

test("503 with Retry-After while other requests hold all the memory for bodies, and 200 once they are answered", async () => {
  const { ctx, send } = await makeSender();
  const body = gzipSync(spanBody({ name: "x".repeat(2000) }));
  const others = new BodyHold(Number.POSITIVE_INFINITY);
  others.add(2 * env().bodyLimitBytes - 100);
  try {
    for (const [name, value] of [
      ["content-encoding", "gzip"],
      ["content-type", protobuf],
    ] as const) {
      const refused = await send("/v1/traces", body, { [name]: value });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    }
  } finally {
    others.release();
  }
  expect((await send("/v1/traces", body, { "content-encoding": "gzip" })).status).toBe(200);
  expect(await countSpans(ctx.projectId)).toBe(1);
});

test("log records are read into their span; evaluation results become scores, once however often sent", async () => {
  const { ctx, send } = await makeSender(["traces:write"]);
  const ids = { traceId: newTraceId(), spanId: newSpanId() };
  const records = [
    {
      ...ids,
      timeUnixNano: "1000",
      attributes: [{ key: "event.name", value: { stringValue: "gen_ai.user.message" } }],
      body: { kvlistValue: { values: [{ key: "content", value: { stringValue: "Hi" } }] } },
    },
    {
      ...ids,
      timeUnixNano: "1795400530278000000",
      eventName: "gen_ai.evaluation.result",
      attributes: [
        { key: "gen_ai.evaluation.name", value: { stringValue: "helpful" } },
        { key: "gen_ai.evaluation.score.value", value: { doubleValue: 0.75 } },
        { key: "gen_ai.evaluation.explanation", value: { stringValue: "short" } },
      ],
    },
    { timeUnixNano: "1", attributes: [], body: { stringValue: "listening on 3000" } },
    { timeUnixNano: "1", eventName: "gen_ai.choice" },
  ];
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] });
  for (let i = 0; i < 2; i++) {
    const response = await send("/v1/logs", body);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ partialSuccess: { rejectedLogRecords: "1" } });
  }
  const model = [{ key: "gen_ai.request.model", value: { stringValue: "m" } }];
  await send("/v1/traces", spanBody({ ...ids, attributes: model }));
  const { spans, scores } = await findTrace(ctx, ids.traceId);
  expect(spans[0]!.inputMessages).toMatchObject([{ role: "user", parts: [{ type: "text", text: "Hi" }] }]);
  expect(scores).toMatchObject([
    { name: "helpful", value: 0.75, comment: "short", ...ids, source: "evaluator" },
  ]);
  const [counted] = await sql()`select records from ingest_counts where project_id = ${ctx.projectId}`;
  expect(counted).toEqual({ records: 2 });
});

test("an evaluation that a score definition refuses is a partial success with the reason", async () => {
  const { ctx, send } = await makeSender();
  await prisma().scoreDefinition.create({
    data: {
      id: crypto.randomUUID(),
      projectId: ctx.projectId,
      name: "helpful",
      type: "numeric",
      minimum: 0,
      maximum: 1,
    },
  });
  const record = {
    traceId: newTraceId(),
    spanId: newSpanId(),
    eventName: "gen_ai.evaluation.result",
    attributes: [
      { key: "gen_ai.evaluation.name", value: { stringValue: "helpful" } },
      { key: "gen_ai.evaluation.score.value", value: { doubleValue: 7 } },
    ],
  };
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  const response = await send("/v1/logs", body);
  expect(await response.json()).toMatchObject({
    partialSuccess: { errorMessage: expect.stringContaining("at most 1") },
  });
});

test("metrics are accepted and counted", async () => {
  const { ctx, send } = await makeSender();
  const metrics = [
    { name: "m", sum: { dataPoints: [{}, {}] } },
    { name: "g", gauge: { dataPoints: [{}] } },
  ];
  const response = await send(
    "/v1/metrics",
    JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  );
  expect(response.status).toBe(200);
  const rows =
    await sql()`select signal, requests, records from ingest_counts where project_id = ${ctx.projectId}`;
  expect(rows).toEqual([{ signal: "metrics", requests: 1, records: 3 }]);
});
