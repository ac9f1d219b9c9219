import { expect, test } from "vitest";
import { diffContent, diffText } from "./diff.ts";
import { contentOf } from "./testing-content.ts";

test("equal contents have no difference", () => {
  const content = contentOf("Hello\nworld");
  expect(diffContent(content, content)).toMatchObject({ isEqual: true, fields: [] });
});

test("a replaced line marks the words that changed, on both sides", () => {
  const lines = diffText("Be brief.\nAnswer kindly.", "Be brief.\nAnswer bluntly.");
  expect(lines.map((line) => [line.kind, line.text])).toEqual([
    ["same", "Be brief."],
    ["removed", "Answer kindly."],
    ["added", "Answer bluntly."],
  ]);
  expect(lines[1]!.words?.filter((word) => word.kind === "removed").map((word) => word.text)).toEqual([
    "kindly",
  ]);
  expect(lines[2]!.words?.filter((word) => word.kind === "added").map((word) => word.text)).toEqual([
    "bluntly",
  ]);
});

test("the lines of either side, put together again, are that side", () => {
  const before = "a\nb\nc\n\nd";
  const after = "a\nB\nc\nx\nd\n";
  const lines = diffText(before, after);
  const side = (gone: string) => lines.filter((line) => line.kind !== gone).map((line) => line.text);
  expect(side("added")).toEqual(["a", "b", "c", "", "d"]);
  expect(side("removed")).toEqual(["a", "B", "c", "x", "d"]);
});

test("a line that only gained a line after it has not changed; a line break at the end alone is told", () => {
  expect(diffText("a", "a\nb").map((line) => line.kind)).toEqual(["same", "added"]);
  expect(diffText("a", "a\n")).toEqual([
    { kind: "same", text: "a" },
    { kind: "added", text: "(line break at the end)" },
  ]);
});

test("an inserted message moves no other", () => {
  const before = contentOf({
    type: "chat",
    messages: [
      { role: "system", content: "S" },
      { role: "user", content: "U" },
    ],
  });
  const after = contentOf({
    type: "chat",
    messages: [
      { role: "system", content: "S" },
      { role: "assistant", content: "A" },
      { role: "user", content: "U2" },
    ],
  });
  const { messages } = diffContent(before, after);
  expect(messages.map((each) => [each.kind, each.before, each.after])).toEqual([
    ["same", "system", "system"],
    ["changed", "user", "assistant"],
    ["added", null, "user"],
  ]);
});

test("parameters, tools and the response format are compared field by field", () => {
  const before = contentOf({ type: "text", text: "x", parameters: { temperature: 0, seed: 1 } });
  const after = contentOf({
    type: "text",
    text: "x",
    parameters: { temperature: 0.7, seed: 1 },
    tools: [{ function: { name: "look_up" } }],
    responseFormat: { type: "json" },
  });
  expect(diffContent(before, after).fields).toEqual([
    { field: "temperature", before: "0", after: "0.7" },
    { field: "responseFormat.type", before: '"text"', after: '"json"' },
    { field: "tools.look_up", before: null, after: '{\n  "name": "look_up"\n}' },
    { field: "toolChoice", before: null, after: '"auto"' },
  ]);
});
