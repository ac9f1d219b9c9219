import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contentOfRaw } from "#lib/traces/conventions/span-of-raw.ts";
import type { Message, Span } from "#lib/traces/span.ts";
import { decodeLogsJson, decodeTracesJson } from "./decode-json.ts";
import { decodeTracesProtobuf } from "./decode-protobuf.ts";
import { toEvents } from "./to-events.ts";
import { toSpans } from "./to-spans.ts";

type Captured = { url: string; ct: string; body: string };

const captured = readFileSync(new URL("../fixtures/otlp-emitters.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Captured);

function spansOf(emitter: string): Span[] {
  const request = captured.find(({ url }) => url.startsWith(`/${emitter}/`))!;
  const groups = request.ct.includes("protobuf")
    ? decodeTracesProtobuf(Buffer.from(request.body, "base64"))
    : decodeTracesJson(request.body);
  const { spans, rejected } = toSpans(groups);
  expect(rejected).toEqual([]);
  return spans.map((span) => ({ ...span, ...contentOfRaw(span) }));
}

const text = (role: string, content: string, finishReason: string | null = null): Message => ({
  role,
  name: null,
  parts: [{ type: "text", text: content }],
  finishReason,
});
const terse = text("system", "You are terse.");
const question = text("user", "Say hello to Ada");
const call = (finishReason: string | null): Message => ({
  role: "assistant",
  name: null,
  parts: [{ type: "tool_call", id: "call_1", name: "get_weather", arguments: { city: "Paris" } }],
  finishReason,
});
const fullUsage = {
  inputTokens: 21,
  outputTokens: 9,
  cachedInputTokens: 8,
  cacheWriteInputTokens: null,
  reasoningOutputTokens: 4,
  source: "reported",
};
const plainUsage = { ...fullUsage, cachedInputTokens: null, reasoningOutputTokens: null };
const noUsage = { ...plainUsage, inputTokens: null, outputTokens: null, source: "missing" };
const sampling = { temperature: 0.2, topP: 0.9, maxTokens: 64 };

test("OpenTelemetry's protobuf exporter: structured messages are read", () => {
  const spans = spansOf("proto");
  expect(spans).toHaveLength(5);
  expect(spans[0]).toMatchObject({
    traceId: "7c356b842dc874fc8bda33b4af61b412",
    spanId: "91cc2bca2fbb0c51",
    parentSpanId: null,
    name: "x",
    kind: "internal",
    operation: "other",
    startTimeUs: 1795400504953000,
    status: "ok",
    service: null,
    usage: noUsage,
    dialect: "otel",
    inputMessages: [text("user", "a"), text("user", "b")],
  });
});

test("OpenInference: flattened messages, tools, tokens with their subsets, and a stream without usage", () => {
  const [chat, tools, stream, responses] = spansOf("openinf");
  const shared = {
    operation: "chat",
    provider: "openai",
    service: "openinf",
    status: "ok",
    dialect: "openinference",
  };
  expect(chat).toMatchObject({
    ...shared,
    requestModel: "gpt-4o-mini",
    responseModel: "gpt-4o-mini-2024-07-18",
    responseId: "chatcmpl-fake1",
    parameters: { ...sampling, seed: 7 },
    usage: fullUsage,
    inputMessages: [terse, question],
    outputMessages: [text("assistant", "Hello there")],
    inputValue: null,
    outputValue: null,
    finishReasons: ["stop"],
  });
  expect(tools).toMatchObject({ ...shared, finishReasons: ["tool_calls"], outputMessages: [call(null)] });
  expect(tools!.tools).toEqual([expect.objectContaining({ type: "function" })]);
  expect(stream).toMatchObject({
    ...shared,
    usage: noUsage,
    outputMessages: [text("assistant", "Hello there")],
  });
  expect(responses).toMatchObject({
    ...shared,
    responseId: "resp_1",
    parameters: { temperature: 0.2 },
    inputMessages: [terse, text("user", "Say hello")],
    outputMessages: [text("assistant", "Hello there")],
  });
});

test("Traceloop: JSON text messages, tool definitions, and the span with no usage says so", () => {
  const [chat, tools, stream, responses] = spansOf("traceloop");
  const shared = { operation: "chat", provider: "openai", kind: "client", dialect: "traceloop" };
  expect(chat).toMatchObject({
    ...shared,
    requestModel: "gpt-4o-mini",
    responseModel: "gpt-4o-mini-2024-07-18",
    parameters: sampling,
    usage: plainUsage,
    inputMessages: [terse, question],
    outputMessages: [text("assistant", "Hello there", "stop")],
    finishReasons: ["stop"],
  });
  expect(tools).toMatchObject({
    ...shared,
    outputMessages: [call("tool_calls")],
    finishReasons: ["tool_calls"],
  });
  expect(tools!.tools).toHaveLength(1);
  expect(stream!.usage).toEqual(noUsage);
  expect(responses).toMatchObject({
    ...shared,
    inputMessages: [text("user", "Say hello")],
    responseId: "resp_1",
  });
});

test("AI SDK 5: the leaf is the model call, its parent is not; metadata gives prompt, user, session and tags", () => {
  const spans = spansOf("aisdk5");
  expect(spans.map(({ operation }) => operation)).toEqual([
    "chat",
    "invoke_agent",
    "chat",
    "execute_tool",
    "invoke_agent",
    "chat",
    "invoke_agent",
    "chat",
    "invoke_agent",
  ]);
  const context = { userId: "u1", sessionId: "s1", tags: ["a", "b"], dialect: "ai-sdk", service: "aisdk5" };
  expect(spans[0]).toMatchObject({
    ...context,
    provider: "openai",
    requestModel: "gpt-4o-mini",
    responseModel: "gpt-4o-mini-2024-07-18",
    prompt: { name: "greet", version: null, versionId: null },
    parameters: { ...sampling, seed: 7 },
    usage: plainUsage,
    inputMessages: [terse, question],
    outputMessages: [text("assistant", "Hello there", "stop")],
  });
  expect(spans[2]).toMatchObject({
    ...context,
    outputMessages: [call("tool_calls")],
    finishReasons: ["tool_calls"],
  });
  expect(spans[2]!.tools).toEqual([expect.objectContaining({ name: "get_weather" })]);
  expect(spans[3]).toMatchObject({ ...context, inputValue: { city: "Paris" }, outputValue: { t: 20 } });
  expect(spans[5]).toMatchObject({ ...context, usage: fullUsage });
  expect(spans[5]!.timeToFirstTokenMs).toBeCloseTo(18.69, 1);
  expect(spans[7]).toMatchObject({
    ...context,
    status: "error",
    errorType: "AI_APICallError",
    errorMessage: "bad thing",
    usage: noUsage,
  });
});

test("AI SDK 7: gen_ai spans under agent and step, whose runtime context names prompt and user", () => {
  const spans = spansOf("aisdk7");
  expect(spans.map(({ operation }) => operation)).toEqual([
    ...["chat", "agent_step", "invoke_agent"],
    ...["chat", "execute_tool", "agent_step", "invoke_agent"],
    ...["chat", "agent_step", "invoke_agent"],
    ...["chat", "agent_step", "invoke_agent"],
  ]);
  expect(spans[0]).toMatchObject({
    dialect: "ai-sdk",
    provider: "openai",
    parameters: sampling,
    usage: { ...plainUsage, cachedInputTokens: 8 },
    inputMessages: [terse, question],
    outputMessages: [text("assistant", "Hello there", "stop")],
  });
  expect(spans[2]).toMatchObject({ userId: "u1", prompt: { name: "greet" }, parameters: { seed: 7 } });
  expect(spans[3]).toMatchObject({ finishReasons: ["tool_calls"], outputMessages: [call("tool_calls")] });
  expect(spans[4]).toMatchObject({ inputValue: { city: "Paris" }, outputValue: { t: 20 } });
  expect(spans[7]!.timeToFirstTokenMs).toBeCloseTo(35.28, 1);
  expect(spans[10]).toMatchObject({
    status: "error",
    errorType: "AI_APICallError",
    errorMessage: "bad thing",
  });
});

test("AI SDK 7's legacy exporter speaks as AI SDK 6 did", () => {
  const spans = spansOf("aisdk7legacy");
  const leaf = spans.find(({ name }) => name === "ai.generateText.doGenerate")!;
  expect(leaf).toMatchObject({
    operation: "chat",
    dialect: "ai-sdk",
    userId: "u1",
    prompt: { name: "greet" },
    usage: fullUsage,
    parameters: { ...sampling, seed: 7 },
    inputMessages: [terse, question],
  });
  expect(spans.find(({ name }) => name === "ai.generateText")).toMatchObject({
    operation: "invoke_agent",
    inputMessages: [terse, question],
  });
});

test("Langfuse: disjoint tokens are added up, level ERROR is an error though OTLP says unset", () => {
  const spans = spansOf("langfuse");
  const shared = {
    operation: "chat",
    dialect: "langfuse",
    userId: "u1",
    sessionId: "s1",
    tags: ["a", "b"],
    prompt: { name: "greet", version: "3", versionId: null },
  };
  expect(spans[0]).toMatchObject({
    ...shared,
    service: null,
    responseModel: "gpt-4o-mini-2024-07-18",
    metadata: { k: "v" },
    parameters: { ...sampling, seed: 7 },
    usage: { ...fullUsage, source: "summed" },
    inputMessages: [terse, question],
    outputMessages: [text("assistant", "Hello there")],
    inputValue: null,
  });
  expect(spans[1]).toMatchObject({ ...shared, outputMessages: [call(null)] });
  expect(spans[1]!.tools).toHaveLength(1);
  expect(spans[2]).toMatchObject({ ...shared, outputMessages: [text("assistant", "Hello there")] });
  expect(spans[2]!.timeToFirstTokenMs).toBeCloseTo(11, 0);
  expect(spans[3]).toMatchObject({
    ...shared,
    status: "error",
    errorMessage: "Error: 400 bad thing",
    usage: noUsage,
    cost: { usd: null, source: "missing" },
  });
  expect(spans[5]).toMatchObject({
    name: "root",
    operation: "chain",
    inputValue: { name: "Ada" },
    parentSpanId: null,
  });
});

test("OpenTelemetry's log records become events of their spans, from which the conversation is read", () => {
  const request = captured.find(({ url }) => url.endsWith("/v1/logs"))!;
  const { events, evaluations, rejected, otherCount } = toEvents(decodeLogsJson(request.body));
  expect({ evaluations, rejected, otherCount }).toEqual({ evaluations: [], rejected: [], otherCount: 0 });
  expect(events.map((item) => item.events.map(({ name }) => name.replace("gen_ai.", "")))).toEqual([
    ["system.message", "user.message", "choice"],
    ["system.message", "user.message", "choice"],
    ["system.message", "user.message", "choice"],
    ["user.message"],
    ["client.inference.operation.details", "client.inference.operation.details"],
  ]);
  const contents = events.map((item) =>
    contentOfRaw({
      name: "chat gpt-4o-mini",
      operation: "chat",
      raw: {
        resource: {},
        scope: { name: "", version: null },
        attributes: { "gen_ai.operation.name": "chat" },
        events: item.events,
        links: [],
        startTimeUnixNano: "1",
        endTimeUnixNano: null,
        statusCode: 0,
        statusMessage: null,
      },
    }),
  );
  expect(contents[0]).toMatchObject({
    inputMessages: [terse, question],
    outputMessages: [text("assistant", "Hello there", "stop")],
    finishReasons: ["stop"],
  });
  expect(contents[1]).toMatchObject({ outputMessages: [call("tool_calls")] });
  expect(contents[3]).toMatchObject({ inputMessages: [text("user", "FAIL")], outputMessages: null });
  // Two records of one name: input, then output.
  expect(contents[4]).toMatchObject({
    inputMessages: [terse, text("user", "Say hello")],
    outputMessages: [text("assistant", "Hello there", "stop")],
  });
});
