import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Message, MessagePart, RawSpan } from "../span.ts";
import { contentOfRaw, spanOfRaw } from "./span-of-raw.ts";

/*
 * Spans that Python's instrumentations sent of calls to the rehearsal provider, as they arrived (stack traces and
 * proxy bookkeeping cut out): openinference 0.1, opentelemetry-instrumentation-openai 0.5x and -openai-v2 2.1b0,
 * pydantic-ai with logfire, langchain by OpenInference and by LangSmith, litellm, openlit.
 */
type Captured = Pick<RawSpan, "scope" | "attributes" | "events" | "statusCode" | "statusMessage"> & {
  emitter: string;
  name: string;
};

const captured = readFileSync(new URL("../../ingest/fixtures/python-emitters.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Captured);

const asked = "user: What is the weather in Paris?";
const called = 'assistant: get_weather({"city":"Paris"})';
const model = "rehearsal-large";
const answered = { operation: "chat", provider: "openai", requestModel: model, responseModel: model };

test.each<[emitter: string, name: string, failed: boolean, expected: object]>([
  [
    "openinference",
    "ChatCompletion",
    false,
    {
      ...answered,
      input: ["system: Answer with only the name.", asked, called, 'tool: "20 C"'],
      output: ["assistant: According to the tool, the result is: 20 C"],
      finishReasons: ["stop"],
      tools: 1,
      userId: "ada",
      sessionId: "s1",
      tags: ["a", "b"],
      variables: { x: "y" },
    },
  ],
  [
    "openinference",
    "CreateEmbeddings",
    false,
    { operation: "embeddings", requestModel: "rehearsal-embedding", tokens: [2, null], userId: "ada" },
  ],
  [
    "traceloop",
    "openai.chat",
    false,
    {
      ...answered,
      input: ["system: Answer with only the name.", asked, called, 'tool: "20 C"'],
      output: ["assistant: According to the tool, the result is: 20 C"],
      finishReasons: ["stop"],
      tools: 1,
    },
  ],
  [
    "otel-v2",
    `chat ${model}`,
    false,
    {
      ...answered,
      input: ["system: Answer with only the name.", asked, called, 'tool: "20 C"'],
      output: ["assistant: According to the tool, the result is: 20 C"],
      finishReasons: ["stop"],
    },
  ],
  [
    "pydantic-ai",
    "invoke_agent weather",
    false,
    {
      operation: "invoke_agent",
      dialect: "logfire",
      requestModel: model,
      input: [asked, called, 'tool: "20 C in Paris"'],
      output: ["assistant: According to the tool, the result is: 20 C in Paris"],
    },
  ],
  [
    "pydantic-ai",
    "execute_tool get_weather",
    false,
    { operation: "execute_tool", inputValue: { city: "Paris" }, outputValue: "20 C in Paris" },
  ],
  [
    "pydantic-ai",
    `chat ${model}`,
    false,
    {
      ...answered,
      input: [asked, called, 'tool: "20 C in Paris"'],
      output: ["assistant: According to the tool, the result is: 20 C in Paris"],
    },
  ],
  [
    "langchain-openinference",
    "ChatOpenAI",
    false,
    { ...answered, input: [asked], output: [called], finishReasons: ["tool_calls"], tools: 1 },
  ],
  [
    "langchain-openinference",
    "ChatOpenAI",
    true,
    { operation: "chat", requestModel: model, status: "error", input: ["user: hi"], output: null },
  ],
  [
    "langsmith",
    "ChatOpenAI",
    false,
    {
      ...answered,
      input: ["system: Answer with only the name.", "user: What is the capital of Norway?"],
      output: ["assistant: Oslo"],
      finishReasons: ["stop"],
      tokens: [24, 2],
      subsets: [0, 0],
      userId: "ada",
      sessionId: "s1",
      parameters: { temperature: 0.2, maxTokens: 64 },
    },
  ],
  [
    "langsmith",
    "ChatOpenAI",
    true,
    { operation: "chat", requestModel: model, status: "error", input: ["user: hi"], output: null },
  ],
  [
    "litellm",
    "litellm_request",
    false,
    {
      ...answered,
      input: ["system: Answer with only the name.", asked],
      output: [called],
      finishReasons: ["tool_calls"],
      tools: 1,
      tokens: [66, 5],
    },
  ],
  [
    "openlit",
    `chat ${model}`,
    false,
    { ...answered, output: [called], finishReasons: ["tool_calls"], tools: 1, tokens: [66, 5] },
  ],
])("%s: %s (failed: %s)", (emitter, name, isFailed, expected) => {
  const found = captured
    .filter((each) => each.emitter === emitter && each.name === name)
    .map(read)
    .find((span) => (span.status === "error") === isFailed);
  expect(found).toMatchObject(expected);
});

function read({ name, emitter: _, ...captured }: Captured) {
  const span = spanOfRaw(
    { traceId: "1".repeat(32), spanId: "2".repeat(16), parentSpanId: null, name, kind: "client" },
    { resource: {}, links: [], startTimeUnixNano: "1795400505644000000", endTimeUnixNano: null, ...captured },
  );
  const content = contentOfRaw(span);
  const { inputTokens, outputTokens, cachedInputTokens, reasoningOutputTokens } = span.usage;
  return {
    ...span,
    ...content,
    input: lines(content.inputMessages),
    output: lines(content.outputMessages),
    tools: content.tools?.length ?? 0,
    tokens: [inputTokens, outputTokens],
    subsets: [cachedInputTokens, reasoningOutputTokens],
  };
}

function lines(messages: Message[] | null): string[] | null {
  return messages === null
    ? null
    : messages.map(({ role, parts }) => `${role}: ${parts.map(line).join(" | ")}`);
}

function line(part: MessagePart): string {
  if (part.type === "text") return part.text;
  if (part.type === "tool_call") return `${part.name}(${JSON.stringify(part.arguments)})`;
  return part.type === "tool_result" ? JSON.stringify(part.result) : part.type;
}
