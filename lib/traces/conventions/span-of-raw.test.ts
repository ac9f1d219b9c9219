import { expect, test } from "vitest";
import type { JsonObject } from "#lib/core/json.ts";
import type { RawSpan, Span } from "../span.ts";
import { contentOfRaw, spanOfRaw } from "./span-of-raw.ts";

function read(attributes: JsonObject, raw: Partial<RawSpan> = {}): Span {
  const span = spanOfRaw(
    { traceId: "1".repeat(32), spanId: "2".repeat(16), parentSpanId: null, name: "x", kind: "internal" },
    {
      resource: {},
      scope: { name: "", version: null },
      attributes,
      events: [],
      links: [],
      startTimeUnixNano: "1795400505644000000",
      endTimeUnixNano: "1795400505744000000",
      statusCode: 0,
      statusMessage: null,
      ...raw,
    },
  );
  return { ...span, ...contentOfRaw(span) };
}

const texts = (span: Span, side: "inputMessages" | "outputMessages") =>
  span[side]?.map(({ role, parts }) => [
    role,
    ...parts.map((part) => ("text" in part ? part.text : part.type)),
  ]) ?? null;

test("prompt identity under gen_ai.prompt.* is not taken for legacy content", () => {
  const span = read({
    "gen_ai.operation.name": "chat",
    "gen_ai.prompt.name": "greet",
    "gen_ai.prompt.version": "prod",
    "gen_ai.prompt.variable.city": "Łódź",
    "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: "hi" }] }]),
  });
  expect(span).toMatchObject({ prompt: { name: "greet", version: "prod" }, variables: { city: "Łódź" } });
  expect(texts(span, "inputMessages")).toEqual([["user", "hi"]]);
});

test("OpenTelemetry 1.43: instructions, reasoning, images by reference, token subsets, time to first chunk", () => {
  const span = read({
    "gen_ai.operation.name": "generate_content",
    "gen_ai.provider.name": "gcp.vertex_ai",
    "gen_ai.request.model": "gemini-2.5-pro",
    "gen_ai.request.reasoning.level": "high",
    "gen_ai.request.stop_sequences": ["END"],
    "gen_ai.response.time_to_first_chunk": 0.25,
    "gen_ai.response.finish_reasons": ["tool-calls"],
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.cache_read.input_tokens": 60,
    "gen_ai.usage.cache_write.input_tokens": 10,
    "gen_ai.usage.output_tokens": 50,
    "gen_ai.usage.reasoning.output_tokens": 30,
    "gen_ai.conversation.id": "conv",
    "gen_ai.system_instructions": "Be brief.",
    "gen_ai.input.messages": [
      { role: "user", parts: [{ type: "uri", uri: "https://x/y.png", modality: "image" }] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c", response: { ok: true } }] },
    ],
    "gen_ai.output.messages": [
      {
        role: "assistant",
        parts: [
          { type: "reasoning", content: "hm" },
          { type: "text", content: "yes" },
        ],
      },
    ],
  });
  expect(span).toMatchObject({
    operation: "generate_content",
    provider: "gcp.vertex_ai",
    sessionId: "conv",
    timeToFirstTokenMs: 250,
    finishReasons: ["tool_calls"],
    parameters: { reasoningEffort: "high", stop: ["END"] },
    usage: {
      inputTokens: 100,
      outputTokens: 50,
      cachedInputTokens: 60,
      cacheWriteInputTokens: 10,
      reasoningOutputTokens: 30,
      source: "reported",
    },
  });
  expect(span.inputMessages).toMatchObject([
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    { role: "user", parts: [{ type: "image", url: "https://x/y.png" }] },
    { role: "tool", parts: [{ type: "tool_result", id: "c", result: { ok: true } }] },
  ]);
  expect(span.outputMessages![0]!.parts.map((part) => part.type)).toEqual(["reasoning", "text"]);
});

test("OpenTelemetry 1.28: per-message span events, and prompt_tokens of 1.26", () => {
  const event = (name: string, attributes: JsonObject) => ({ name, timeUnixNano: "1", attributes });
  const span = read(
    {
      "gen_ai.system": "az.ai.openai",
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4",
      "gen_ai.openai.request.seed": 7,
      "gen_ai.usage.prompt_tokens": 5,
      "gen_ai.usage.completion_tokens": 6,
    },
    {
      events: [
        event("gen_ai.system.message", { content: "s" }),
        event("gen_ai.user.message", { "gen_ai.event.content": '{"content":"u"}' }),
        event("gen_ai.choice", { index: 0, finish_reason: "stop", message: '{"content":"a"}' }),
      ],
    },
  );
  expect(span).toMatchObject({
    provider: "azure.ai.openai",
    usage: { inputTokens: 5, outputTokens: 6 },
    parameters: { seed: 7 },
    finishReasons: ["stop"],
  });
  expect(texts(span, "inputMessages")).toEqual([
    ["system", "s"],
    ["user", "u"],
  ]);
  expect(texts(span, "outputMessages")).toEqual([["assistant", "a"]]);
});

test("OpenTelemetry 1.26: content as JSON text in one event", () => {
  const span = read(
    { "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4" },
    {
      events: [
        {
          name: "gen_ai.content.prompt",
          timeUnixNano: "1",
          attributes: { "gen_ai.prompt": '[{"role":"user","content":"u"}]' },
        },
        {
          name: "gen_ai.content.completion",
          timeUnixNano: "2",
          attributes: { "gen_ai.completion": '[{"role":"assistant","content":"a"}]' },
        },
      ],
    },
  );
  expect(span.operation).toBe("chat");
  expect([texts(span, "inputMessages"), texts(span, "outputMessages")]).toEqual([
    [["user", "u"]],
    [["assistant", "a"]],
  ]);
});

test("Traceloop legacy: numbered keys, tool calls, association properties, prompt link", () => {
  const span = read({
    "llm.request.type": "chat",
    "gen_ai.system": "OpenAI",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "s",
    "gen_ai.prompt.10.role": "user",
    "gen_ai.prompt.10.content": "last",
    "gen_ai.prompt.2.role": "user",
    "gen_ai.prompt.2.content": "u",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.finish_reason": "tool_calls",
    "gen_ai.completion.0.tool_calls.0.id": "c1",
    "gen_ai.completion.0.tool_calls.0.name": "f",
    "gen_ai.completion.0.tool_calls.0.arguments": '{"a":1}',
    "gen_ai.usage.prompt_tokens": 3,
    "gen_ai.usage.completion_tokens": 4,
    "gen_ai.usage.cache_read_input_tokens": 2,
    "llm.usage.total_tokens": 7,
    "llm.top_k": 40,
    "traceloop.association.properties.user_id": "u9",
    "traceloop.association.properties.session_id": "s9",
    "traceloop.prompt.key": "greet",
    "traceloop.prompt.version": 4,
    "traceloop.prompt.template_variables.name": "Ada",
  });
  expect(span).toMatchObject({
    dialect: "traceloop",
    operation: "chat",
    provider: "openai",
    userId: "u9",
    sessionId: "s9",
    prompt: { name: "greet", version: "4" },
    variables: { name: "Ada" },
    parameters: { topK: 40 },
    usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: 2 },
    finishReasons: ["tool_calls"],
    outputMessages: [{ parts: [{ type: "tool_call", id: "c1", name: "f", arguments: { a: 1 } }] }],
  });
  expect(texts(span, "inputMessages")).toEqual([
    ["system", "s"],
    ["user", "u"],
    ["user", "last"],
  ]);
});

test("Traceloop's workflow envelope is no model call and keeps its values", () => {
  const span = read({
    "traceloop.span.kind": "workflow",
    "traceloop.entity.name": "job",
    "traceloop.entity.input": '{"q":1}',
    "traceloop.entity.output": '"done"',
  });
  expect(span).toMatchObject({ operation: "invoke_workflow", inputValue: { q: 1 } });
});

test("OpenInference: a retriever's documents, an agent's value, a prompt by its id, costs and tags as JSON text", () => {
  const retriever = read({
    "openinference.span.kind": "RETRIEVER",
    "input.value": "who?",
    "retrieval.documents.0.document.content": "d0",
    "retrieval.documents.1.document.content": "d1",
  });
  expect(retriever).toMatchObject({
    operation: "retrieval",
    inputValue: "who?",
    outputValue: [{ document: { content: "d0" } }, { document: { content: "d1" } }],
  });
  const llm = read({
    "openinference.span.kind": "LLM",
    "llm.model_name": "claude-sonnet-4",
    "llm.provider": "anthropic",
    "prompt.id": "greet",
    "llm.prompt_template.version": "v2",
    "llm.prompt_template.variables": '{"name":"Ada"}',
    "llm.cost.total": 0.01,
    "tag.tags": '["a","b"]',
    metadata: '{"team":"x"}',
    "llm.input_messages.0.message.role": "user",
    "llm.input_messages.0.message.contents.0.message_content.type": "image",
    "llm.input_messages.0.message.contents.0.message_content.image.image.url": "https://x/i.png",
  });
  expect(llm).toMatchObject({
    prompt: { name: "greet", version: "v2" },
    variables: { name: "Ada" },
    cost: { usd: 0.01, source: "reported" },
    tags: ["a", "b"],
    metadata: { team: "x" },
    inputMessages: [{ parts: [{ type: "image", url: "https://x/i.png" }] }],
  });
});

test("LangSmith: content as JSON blobs, a comma list of tags, a failure that only an exception event tells", () => {
  const span = read(
    {
      "langsmith.span.kind": "llm",
      "gen_ai.operation.name": "chat",
      "gen_ai.system": "langchain",
      "langsmith.metadata.ls_provider": "openai",
      "gen_ai.request.model": "gpt-4o-mini",
      "langsmith.span.tags": "a, b",
      "langsmith.metadata.ls_temperature": "0.2",
      "langsmith.metadata.thread_id": "t1",
      "langsmith.metadata.user_id": "u1",
      "gen_ai.response.finish_reasons": "stop, length",
      "gen_ai.prompt": JSON.stringify({
        model: "gpt-4o-mini",
        top_p: 0.9,
        messages: [{ role: "user", content: "u" }],
      }),
      "gen_ai.completion": JSON.stringify({
        choices: [{ finish_reason: "stop", message: { role: "assistant", content: "a" } }],
      }),
      "langsmith.usage_metadata": JSON.stringify({
        input_tokens: 21,
        output_tokens: 9,
        input_token_details: { cache_read: 8 },
        output_token_details: { reasoning: 4 },
      }),
    },
    {
      statusCode: 1,
      scope: { name: "langsmith", version: null },
      events: [
        {
          name: "exception",
          timeUnixNano: "1",
          attributes: { "exception.type": "Error", "exception.message": "400 bad" },
        },
      ],
    },
  );
  expect(span).toMatchObject({
    dialect: "langsmith",
    operation: "chat",
    provider: "openai",
    status: "error",
    errorType: "Error",
    errorMessage: "400 bad",
    tags: ["a", "b"],
    userId: "u1",
    sessionId: "t1",
    usage: { inputTokens: 21, outputTokens: 9, cachedInputTokens: 8, reasoningOutputTokens: 4 },
    parameters: { temperature: 0.2, topP: 0.9 },
    finishReasons: ["stop", "length"],
  });
  expect([texts(span, "inputMessages"), texts(span, "outputMessages")]).toEqual([
    [["user", "u"]],
    [["assistant", "a"]],
  ]);
});

test.each([
  ["prompt", "chat", "prompt"],
  ["retriever", "embeddings", "retrieval"],
  ["chain", "chain", "chain"],
  ["tool", "execute_tool", "execute_tool"],
])(
  "LangSmith's %s run is none of the model calls that its gen_ai.operation.name says",
  (kind, named, expected) => {
    const span = read({
      "langsmith.span.kind": kind,
      "gen_ai.operation.name": named,
      "gen_ai.prompt": '{"q":"x"}',
    });
    expect(span.operation).toBe(expected);
  },
);

test("Braintrust: one JSON text per field", () => {
  const span = read({
    "braintrust.parent": "project_name:p",
    "braintrust.span_attributes": '{"type":"llm","name":"c"}',
    "braintrust.metadata":
      '{"model":"gpt-4o","provider":"openai","temperature":0.5,"prompt":{"key":"greet"}}',
    "braintrust.metrics":
      '{"prompt_tokens":3,"completion_tokens":4,"prompt_cached_tokens":1,"time_to_first_token":0.2}',
    "braintrust.input_json": '[{"role":"user","content":"u"}]',
    "braintrust.output_json":
      '[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a"}}]',
    "braintrust.tags": ["x"],
  });
  expect(span).toMatchObject({
    dialect: "braintrust",
    operation: "chat",
    requestModel: "gpt-4o",
    provider: "openai",
    parameters: { temperature: 0.5 },
    prompt: { name: "greet" },
    tags: ["x"],
    usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: 1 },
    timeToFirstTokenMs: 200,
  });
  expect([texts(span, "inputMessages"), texts(span, "outputMessages")]).toEqual([
    [["user", "u"]],
    [["assistant", "a"]],
  ]);
});

test("AI SDK 6: a stream's object and reasoning; embeddings are model calls, their parent is not", () => {
  const leaf = read({
    "ai.operationId": "ai.streamObject.doStream",
    "ai.model.provider": "anthropic.messages",
    "ai.model.id": "claude-sonnet-4",
    "ai.response.object": '{"city":"Paris"}',
    "ai.response.reasoning": "hm",
    "ai.response.finishReason": "stop",
    "ai.usage.inputTokens": 10,
    "ai.usage.outputTokens": 5,
  });
  expect(leaf).toMatchObject({ operation: "chat", provider: "anthropic", dialect: "ai-sdk" });
  expect(texts(leaf, "outputMessages")).toEqual([["assistant", "hm", '{"city":"Paris"}']]);
  expect(read({ "ai.operationId": "ai.embedMany.doEmbed", "ai.usage.tokens": 8 })).toMatchObject({
    operation: "embeddings",
    usage: { inputTokens: 8, outputTokens: null },
  });
  expect(read({ "ai.operationId": "ai.embedMany", "ai.usage.tokens": 8 }).operation).toBe("invoke_agent");
});

test("our own attributes are found on the span, in another dialect's metadata, and on the resource", () => {
  const assignment = { abTestKey: "tone", variantKey: "B", unitId: "u" };
  const own = { "stemma.ab_test.key": "tone", "stemma.ab_test.variant": "B", "stemma.ab_test.unit": "u" };
  const under = (prefix: string) =>
    Object.fromEntries(Object.entries(own).map(([key, value]) => [prefix + key, value]));
  expect(read(own).assignment).toEqual(assignment);
  expect(read(under("ai.telemetry.metadata.")).assignment).toEqual(assignment);
  expect(read(under("langfuse.trace.metadata.")).assignment).toEqual(assignment);
  expect(read({}, { resource: own }).assignment).toEqual(assignment);
});

test("what no table knows is kept, and says that nothing is known", () => {
  const span = read({ "http.method": "GET", odd: { a: [1] } });
  expect(span).toMatchObject({
    dialect: "unknown",
    operation: "other",
    status: "ok",
    usage: { inputTokens: null, source: "missing" },
    inputMessages: null,
    raw: { attributes: { "http.method": "GET", odd: { a: [1] } } },
  });
});

test("hostile content is read without harm: deep JSON, prototype keys, absurd indexes, wrong types", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const span = read({
    "gen_ai.operation.name": 7,
    "gen_ai.input.messages": deep,
    "gen_ai.output.messages": [null, 3, { role: {}, parts: "x" }, [[["y"]]]],
    "gen_ai.usage.input_tokens": "many",
    "gen_ai.usage.output_tokens": -5,
    "gen_ai.prompt.variable.__proto__": "x",
    "llm.input_messages.99999999999.message.role": "user",
    "llm.invocation_parameters": "{broken",
    "langfuse.observation.usage_details": "[]",
    "llm.cost.total": Number.MAX_VALUE,
  });
  expect(span.usage).toMatchObject({ inputTokens: null, outputTokens: null });
  expect(({} as Record<string, unknown>).x).toBeUndefined();
  expect(JSON.stringify(span).length).toBeGreaterThan(0);
});

test("MLflow: every attribute is JSON text, words too", () => {
  const span = read({
    "mlflow.spanType": '"CHAT_MODEL"',
    "mlflow.spanInputs": '{"model":"gpt-4o","messages":[{"role":"user","content":"u"}],"temperature":0.2}',
    "mlflow.spanOutputs":
      '{"id":"c1","model":"gpt-4o-2024","choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"a"}}]}',
    "mlflow.chat.tokenUsage": '{"input_tokens":3,"output_tokens":4,"total_tokens":7}',
    "mlflow.chat.tools": '[{"type":"function","function":{"name":"f"}}]',
  });
  expect(span).toMatchObject({
    dialect: "mlflow",
    operation: "chat",
    requestModel: "gpt-4o",
    responseModel: "gpt-4o-2024",
    responseId: "c1",
    usage: { inputTokens: 3, outputTokens: 4 },
    parameters: { temperature: 0.2 },
    tools: [{ function: { name: "f" } }],
    finishReasons: ["stop"],
  });
  expect([texts(span, "inputMessages"), texts(span, "outputMessages")]).toEqual([
    [["user", "u"]],
    [["assistant", "a"]],
  ]);
  expect(read({ "mlflow.spanType": '"TOOL"', "mlflow.spanInputs": '{"city":"Paris"}' })).toMatchObject({
    operation: "execute_tool",
    inputValue: { city: "Paris" },
  });
});

test.each<[what: string, input: JsonObject, output: JsonObject, reason: string]>([
  [
    "Gemini",
    {
      systemInstruction: { parts: [{ text: "s" }] },
      contents: [
        { role: "user", parts: [{ text: "u" }, { inlineData: { mimeType: "image/png", data: "aGk=" } }] },
        { role: "model", parts: [{ functionCall: { name: "f", args: { a: 1 } } }] },
        { role: "user", parts: [{ functionResponse: { name: "f", response: { r: 2 } } }] },
      ],
    },
    {
      candidates: [
        {
          content: { role: "model", parts: [{ text: "hm", thought: true }, { text: "done" }] },
          finishReason: "MAX_TOKENS",
        },
      ],
    },
    "length",
  ],
  [
    "Bedrock's Converse",
    {
      system: [{ text: "s" }],
      messages: [
        { role: "user", content: [{ text: "u" }, { image: { format: "png", source: { bytes: "aGk=" } } }] },
        { role: "assistant", content: [{ toolUse: { toolUseId: "1", name: "f", input: { a: 1 } } }] },
        { role: "user", content: [{ toolResult: { toolUseId: "1", content: [{ json: { r: 2 } }] } }] },
      ],
    },
    {
      output: {
        message: {
          role: "assistant",
          content: [{ reasoningContent: { reasoningText: { text: "hm" } } }, { text: "done" }],
        },
      },
      stopReason: "max_tokens",
    },
    "length",
  ],
  [
    "Anthropic",
    {
      system: "s",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "u" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } },
          ],
        },
        { role: "assistant", content: [{ type: "tool_use", id: "1", name: "f", input: { a: 1 } }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: { r: 2 } }] },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm" },
        { type: "text", text: "done" },
      ],
      stop_reason: "end_turn",
    },
    "stop",
  ],
])("%s's own requests and responses are read as the same conversation", (_, input, output, reason) => {
  const span = read({
    "openinference.span.kind": "LLM",
    "input.value": JSON.stringify(input),
    "output.value": JSON.stringify(output),
  });
  expect(span.inputMessages).toMatchObject([
    { role: "system", parts: [{ type: "text", text: "s" }] },
    {
      role: "user",
      parts: [
        { type: "text", text: "u" },
        { type: "image", mediaType: "image/png", bytesBase64: "aGk=" },
      ],
    },
    { role: "assistant", parts: [{ type: "tool_call", name: "f", arguments: { a: 1 } }] },
    { role: "tool", parts: [{ type: "tool_result", result: { r: 2 } }] },
  ]);
  expect(span.outputMessages).toMatchObject([
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "done" },
      ],
    },
  ]);
  expect(span.finishReasons).toEqual([reason]);
});
