import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeContent } from "./merge.ts";
import type { PromptContent, PromptMessage } from "./schema.ts";
import { contentOf } from "./testing-content.ts";

const chat = (messages: PromptMessage[], more: Partial<PromptContent> = {}): PromptContent =>
  ({ ...contentOf({ type: "chat", messages }), ...more }) as PromptContent;
const user = (content: string): PromptMessage => ({ role: "user", content });
const system = (content: string): PromptMessage => ({ role: "system", content });
const textsOf = (content: PromptContent) =>
  content.type === "chat" ? content.messages.map((each) => (each.type ? each.type : each.content)) : [];

test("lines that each side changed apart are both kept, without a conflict", () => {
  const base = chat([system("one\ntwo\nthree\nfour\nfive"), user("{{q}}")]);
  const mine = chat([system("ONE\ntwo\nthree\nfour\nfive"), user("{{q}}")]);
  const theirs = chat([system("one\ntwo\nthree\nfour\nFIVE"), user("{{q}}?")], { parameters: { seed: 1 } });
  const merged = mergeContent(base, mine, theirs);
  expect(merged.conflicts).toEqual([]);
  expect(textsOf(merged.content)).toEqual(["ONE\ntwo\nthree\nfour\nFIVE", "{{q}}?"]);
  expect(merged.content.parameters).toEqual({ seed: 1 });
});

test("a line that both changed is a conflict, decided as chosen", () => {
  const base = chat([system("Be kind.\nBe brief.")]);
  const mine = chat([system("Be very kind.\nBe brief.")]);
  const theirs = chat([system("Be polite.\nBe brief.")]);
  const { conflicts, content } = mergeContent(base, mine, theirs);
  expect(conflicts).toMatchObject([
    {
      title: "Message 1, system",
      base: "Be kind.",
      mine: "Be very kind.",
      theirs: "Be polite.",
      choice: "mine",
    },
  ]);
  expect(textsOf(content)).toEqual(["Be very kind.\nBe brief."]);
  const decided = (choice: "theirs" | "both") =>
    textsOf(mergeContent(base, mine, theirs, { [conflicts[0]!.id]: choice }).content);
  expect(decided("theirs")).toEqual(["Be polite.\nBe brief."]);
  expect(decided("both")).toEqual(["Be very kind.\nBe polite.\nBe brief."]);
});

test("messages that either side added are all kept, each after the one it follows", () => {
  const base = chat([system("s"), user("u")]);
  const mine = chat([system("s"), { role: "assistant", content: "mine" }, user("u")]);
  const theirs = chat([system("s"), user("u"), { role: "assistant", content: "theirs" }]);
  expect(textsOf(mergeContent(base, mine, theirs).content)).toEqual(["s", "mine", "u", "theirs"]);
  const same = mergeContent(base, mine, mine);
  expect(textsOf(same.content)).toEqual(["s", "mine", "u"]);
});

test("a message one side removed goes, unless the other changed it: then somebody must say", () => {
  const base = chat([system("s"), user("u")]);
  const mine = chat([system("s")]);
  expect(textsOf(mergeContent(base, mine, chat([system("S"), user("u")])).content)).toEqual(["S"]);
  const theirs = chat([system("s"), user("changed")]);
  const { conflicts } = mergeContent(base, mine, theirs);
  expect(conflicts).toHaveLength(1);
  const kept = mergeContent(base, mine, theirs, { [conflicts[0]!.id]: "theirs" });
  expect(textsOf(kept.content)).toEqual(["s", "changed"]);
});

test("parameters, variables and tools are merged each by itself", () => {
  const variable = (name: string, description = "") => ({
    name,
    type: "string" as const,
    description,
    isRequired: true,
  });
  const tool = (name: string) => ({ type: "function" as const, function: { name } });
  const base = chat([user("u")], {
    parameters: { temperature: 0.1, topP: 1 },
    variables: [variable("a"), variable("b")],
    tools: [tool("look")],
  });
  const mine = {
    ...base,
    parameters: { temperature: 0.2, topP: 1 },
    variables: [variable("a", "mine"), variable("b"), variable("c")],
    tools: [],
  } as PromptContent;
  const theirs = {
    ...base,
    parameters: { temperature: 0.3, maxTokens: 9 },
    variables: [variable("a"), variable("d")],
    tools: [tool("look"), tool("save")],
  } as PromptContent;
  const { content, conflicts } = mergeContent(base, mine, theirs);
  expect(conflicts.map((each) => each.title)).toEqual(["temperature"]);
  expect(content.parameters).toEqual({ temperature: 0.2, maxTokens: 9 });
  expect(content.variables.map((each) => [each.name, each.description])).toEqual([
    ["a", "mine"],
    ["c", ""],
    ["d", ""],
  ]);
  expect(content.tools.map((each) => each.function.name)).toEqual(["save"]);
});

test("whatever the contents: one side unchanged gives the other, and two equal sides give that", () => {
  const message = fc.oneof(
    fc.record({
      role: fc.constantFrom("system" as const, "user" as const, "assistant" as const),
      content: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 5 }).map((lines) => lines.join("\n")),
    }),
    fc.constantFrom<PromptMessage>({ type: "placeholder", name: "history" }),
  );
  const content = fc
    .record({
      messages: fc.array(message, { minLength: 1, maxLength: 5 }),
      parameters: fc.record({ temperature: fc.constantFrom(0, 1) }, { requiredKeys: [] }),
    })
    .map(({ messages, parameters }) => chat(messages, { parameters }));
  fc.assert(
    fc.property(content, content, (base, changed) => {
      expect(mergeContent(base, changed, base)).toEqual({ content: changed, conflicts: [] });
      expect(mergeContent(base, base, changed)).toEqual({ content: changed, conflicts: [] });
      expect(mergeContent(base, changed, changed)).toEqual({ content: changed, conflicts: [] });
    }),
  );
});
