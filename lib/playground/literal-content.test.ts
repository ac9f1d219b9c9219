import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatMessage } from "#lib/prompts/schema.ts";
import { compile } from "#lib/prompts/template.ts";
import { literalContent, readOutputSettings, toChatMessages, toTools } from "./literal-content.ts";

const shared = {
  parameters: {},
  tools: [],
  toolChoice: "auto" as const,
  responseFormat: { type: "text" as const },
  modelVersionId: null,
};

const text = fc
  .array(
    fc.oneof(fc.constantFrom("{", "{{", "{{{", "}", "}}", "{{name}}", "{{#a}}", "\n", "=", "!"), fc.string()),
  )
  .map((parts) => parts.join(""));

test("literal messages compile to themselves, whatever braces they hold", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (texts, url) => {
      const messages: ChatMessage[] = [
        ...texts.map((content) => ({ role: "user" as const, content })),
        {
          role: "user",
          content: [
            { type: "text", text: texts[0]! },
            { type: "image_url", image_url: { url } },
          ],
        },
      ];
      const compiled = compile(literalContent(messages, shared), {});
      expect(compiled.messages).toEqual(messages);
      expect(compiled.problems).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("tool calls, their results and images come back as a provider takes them", () => {
  const call = { type: "tool_call" as const, id: "c1", name: "look_up", arguments: { query: "{{x}}" } };
  const { messages, notes } = toChatMessages([
    { role: "assistant", name: null, finishReason: null, parts: [{ type: "text", text: "Wait." }, call] },
    {
      role: "tool",
      name: null,
      finishReason: null,
      parts: [
        { type: "tool_result", id: "c1", result: { found: 1 } },
        { type: "tool_result", id: "c2", result: "none" },
      ],
    },
    {
      role: "user",
      name: null,
      finishReason: null,
      parts: [{ type: "image", url: null, mediaType: "image/png", bytesBase64: "AAAA" }],
    },
  ]);
  expect(messages).toEqual([
    {
      role: "assistant",
      content: "Wait.",
      tool_calls: [
        { id: "c1", type: "function", function: { name: "look_up", arguments: '{"query":"{{x}}"}' } },
      ],
    },
    { role: "tool", content: '{"found":1}', tool_call_id: "c1" },
    { role: "tool", content: "none", tool_call_id: "c2" },
    { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
  ]);
  expect(notes).toEqual([]);
});

test("what chat completions cannot say is left out and told", () => {
  const { messages, notes } = toChatMessages([
    {
      role: "assistant",
      name: null,
      finishReason: null,
      parts: [
        { type: "reasoning", text: "Hm." },
        { type: "file", url: null, fileId: "f1", mediaType: null },
        { type: "text", text: "Yes." },
      ],
    },
  ]);
  expect(messages).toEqual([{ role: "assistant", content: "Yes." }]);
  expect(notes).toHaveLength(2);
});

test.each([
  [
    {
      type: "function",
      function: { name: "a", description: "d", parameters: { type: "object" }, strict: true },
    },
  ],
  [{ name: "a", description: "d", input_schema: { type: "object" }, strict: true }],
])("tools of %j are in one shape", (given) => {
  expect(toTools([given])).toEqual([
    {
      type: "function",
      function: { name: "a", description: "d", parameters: { type: "object" }, strict: true },
    },
  ]);
});

test("the answer's format and the choice of tools are read from the request", () => {
  const schema = { type: "object", properties: { b: {}, a: {} } };
  const read = readOutputSettings({
    tool_choice: { type: "function", function: { name: "a" } },
    response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: true } },
  });
  expect(read).toEqual({
    toolChoice: { type: "function", function: { name: "a" } },
    responseFormat: { type: "json_schema", name: "n", schema, isStrict: true },
  });
  expect(readOutputSettings({})).toEqual({ toolChoice: "auto", responseFormat: { type: "text" } });
});
