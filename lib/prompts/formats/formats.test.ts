import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../digest.ts";
import type { PromptContent, PromptContentInput } from "../schema.ts";
import { contentOf } from "../testing-content.ts";
import type { Imported } from "./format.ts";
import { formats, readAnyFormat } from "./formats.ts";

const answerSchema = {
  type: "object",
  properties: { reasoning: { type: "string" }, answer: { type: "string" } },
  required: ["reasoning", "answer"],
  additionalProperties: false,
};
const lookUp = {
  type: "function" as const,
  function: {
    name: "look_up",
    description: "Finds an order",
    parameters: { type: "object", properties: { id: { type: "string" } } },
  },
};

const chat: PromptContentInput = {
  type: "chat",
  messages: [
    { role: "system", content: "# Role\n\nYou help {{company}}. “Ça va?” 🎉 שלום\n" },
    { role: "assistant", content: 'Say "hi": {"a": 1}' },
    { role: "user", content: "{{#articles}}\n- {{text}}\n{{/articles}}\n{{question}}" },
  ],
  variables: [
    { name: "company", default: "Acme" },
    { name: "articles", type: "list", example: [{ text: "one" }] },
    { name: "question", example: "Where is it?" },
  ],
  parameters: { temperature: 0.2, topP: 0.9, maxTokens: 400, seed: 7, stop: ["END"], reasoningEffort: "low" },
  responseFormat: { type: "json_schema", name: "answer", schema: answerSchema, isStrict: true },
};
const text: PromptContentInput = {
  type: "text",
  text: "Summarize:\n\n{{document}}",
  variables: [{ name: "document", example: "A text." }],
  parameters: { temperature: 0 },
};

function again(id: string, content: PromptContent): { read: Imported; warnings: string[] } {
  const format = formats.find((each) => each.id === id)!;
  const { text: written, warnings } = format.write({ name: "support/answer", content, model: "gpt-4o" });
  const found = readAnyFormat(written);
  if ("problem" in found) throw new Error(found.problem);
  expect(found.format.id).toBe(id);
  if ("problem" in found.result) throw new Error(found.result.problem);
  return { read: found.result, warnings };
}

describe.each(formats.map((each) => each.id))("%s", (id) => {
  test("a chat prompt comes back as it went", () => {
    const content = contentOf(chat);
    const { read } = again(id, content);
    expect(read.warnings).toEqual([]);
    if (id !== "openai") expect(read.content).toEqual(content);
    // A request body says nothing of variables but that they are used.
    else expect({ ...read.content, variables: [] }).toEqual({ ...content, variables: [] });
    if (id !== "stemma") expect(read.model).toBe("gpt-4o");
  });

  test("a text prompt comes back as it went, where there are text prompts", () => {
    const content = contentOf(text);
    const { read } = again(id, content);
    if (id === "openai") {
      expect(read.content).toMatchObject({ type: "chat", messages: [{ role: "user", content: text.text }] });
    } else expect(read.content).toEqual(content);
  });
});

test("tools come back where a form defines them, and are named where not", () => {
  const content = contentOf({
    type: "chat",
    messages: [{ role: "user", content: "Find {{id}}" }],
    variables: [{ name: "id", example: "7" }],
    tools: [lookUp],
    toolChoice: "required",
  });
  for (const id of ["stemma", "langfuse", "promptfoo", "openai"]) {
    expect(again(id, content).read.content).toMatchObject({ tools: [lookUp], toolChoice: "required" });
  }
  const { warnings, read } = again("dotprompt", content);
  expect(warnings).toEqual([expect.stringContaining("tools")]);
  expect(read.warnings).toEqual([expect.stringContaining("look_up")]);
});

test("images and placeholders come back where a form has them; what is left out is said", () => {
  const content = contentOf({
    type: "chat",
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "{{photo}}" } },
        ],
      },
      { type: "placeholder", name: "history" },
    ],
    variables: [{ name: "photo", example: "https://example.com/a.png" }],
  });
  expect(again("dotprompt", content).read.content).toEqual(content);
  expect(again("stemma", content).read.content).toEqual(content);
  const openai = again("openai", content);
  expect(openai.warnings).toEqual(["The placeholder history was left out."]);
  expect(openai.read.content).toMatchObject({ messages: [content.type === "chat" && content.messages[0]] });
  const langfuse = again("langfuse", content);
  expect(langfuse.warnings).toEqual([expect.stringContaining("Images")]);
  expect(langfuse.read.content).toMatchObject({
    messages: [
      { role: "user", content: "What is this?" },
      { type: "placeholder", name: "history" },
    ],
  });
});

test("includes are Langfuse's tags there, and stand as text elsewhere", () => {
  const pin = {
    reference: "shared/tone@production",
    promptId: "019b0000-0000-7000-8000-000000000001",
    promptVersionId: "019b0000-0000-7000-8000-000000000002",
    name: "shared/tone",
    number: 3,
    text: "Be {{how}}.",
  };
  const content = contentOf({
    type: "chat",
    messages: [
      { role: "system", content: "{{> shared/tone@production}} Go." },
      { type: "examples", examples: [{ user: "a", assistant: "b" }] },
    ],
    variables: [{ name: "how", default: "kind" }],
    includes: [pin],
  });
  const langfuse = formats.find((each) => each.id === "langfuse")!.write({ name: "x", content, model: null });
  expect(langfuse.text).toContain("@@@langfusePrompt:name=shared/tone|label=production@@@ Go.");
  expect(again("langfuse", content).read.content).toMatchObject({
    messages: [
      { role: "system", content: "{{> shared/tone@production}} Go." },
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ],
  });
  const openai = again("openai", content);
  expect(openai.warnings).toEqual([expect.stringContaining("shared/tone version 3")]);
  expect(openai.read.content).toMatchObject({ messages: [{ content: "Be {{how}}. Go." }, {}, {}] });
  expect(digestOf(again("stemma", content).read.content)).toBe(digestOf(content));
});

test("our own form gives back any content, to the digest", () => {
  const anyText = fc.string({ unit: "grapheme", maxLength: 40 });
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom("system" as const, "user" as const), content: anyText }),
    fc.record({
      type: fc.constant("examples" as const),
      examples: fc.array(fc.record({ user: anyText, assistant: anyText }), { maxLength: 2 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (messages) => {
      const content = contentOf({ type: "chat", messages });
      expect(digestOf(again("stemma", content).read.content)).toBe(digestOf(content));
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["no prompt at all", "just words", "no known form"],
  ["broken YAML", "type: chat\nmessages: [", ""],
  ["a message without a role", "type: chat\nmessages:\n  - content: hi", "messages.0"],
  [
    "a body with a wrong message",
    '{"model":"x","messages":[{"role":"owl","content":"hu"}]}',
    "messages.0.role",
  ],
  ["promptfoo with files", "prompts: file://a.txt", "under `raw`"],
  ["settings without their end", "---\nmodel: x\n", ""],
])("%s is refused with what is wrong", (_, written, said) => {
  const found = readAnyFormat(written);
  const problem = "problem" in found ? found : found.result;
  expect(problem).toMatchObject({ problem: expect.stringContaining(said) });
});

test("a fault says its line", () => {
  const found = readAnyFormat(
    "type: chat\nmessages:\n  - role: user\n    content: a\n  - role: owl\n    content: b\n",
  );
  expect("result" in found && found.result).toMatchObject({ line: 5 });
});

test("dotprompt's own shorthand and blocks are read", () => {
  const found = readAnyFormat(
    '---\nmodel: googleai/gemini-2.5-flash\nconfig:\n  temperature: 0.5\n  maxOutputTokens: 100\ninput:\n  schema:\n    name: string, who asks\n    items?(array): string\n---\n{{role "system"}}\nHi {{name}}.\n{{#each items}}- {{this}}\n{{/each}}\n{{role "model"}}\nOK\n',
  );
  expect("result" in found && found.result).toMatchObject({
    model: "googleai/gemini-2.5-flash",
    content: {
      messages: [
        { role: "system", content: "Hi {{name}}.\n{{#items}}- {{.}}\n{{/items}}" },
        { role: "assistant", content: "OK" },
      ],
      parameters: { temperature: 0.5, maxTokens: 100 },
      variables: [
        { name: "name", type: "string", description: "who asks", isRequired: true },
        { name: "items", type: "list", isRequired: false },
      ],
    },
  });
});
