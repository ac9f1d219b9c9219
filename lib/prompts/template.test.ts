import fc from "fast-check";
import Mustache from "mustache";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#lib/core/json.ts";
import { scanTags } from "./scan-tags.ts";
import { checkTemplate, compile, inferVariables } from "./template.ts";
import { contentOf } from "./testing-content.ts";

const declare = (...names: string[]) => names.map((name) => ({ name }));

describe("compile", () => {
  const cases: [title: string, template: string, variables: JsonObject, text: string][] = [
    ["a variable", "Hello {{name}}!", { name: "Ada" }, "Hello Ada!"],
    ["no HTML escaping", "{{a}} {{{a}}} {{&a}}", { a: `<b>"&'</b>` }, `<b>"&'</b> <b>"&'</b> <b>"&'</b>`],
    ["a value that looks like a tag", "{{a}}", { a: "{{b}}" }, "{{b}}"],
    ["a list", "{{#items}}- {{name}}\n{{/items}}", { items: [{ name: "x" }, { name: "y" }] }, "- x\n- y\n"],
    ["a list of texts", "{{#items}}{{.}},{{/items}}", { items: ["x", "y"] }, "x,y,"],
    ["an inverted section", "{{^items}}none{{/items}}", { items: [] }, "none"],
    ["a boolean section", "{{#polite}}please{{/polite}}", { polite: true }, "please"],
    ["standalone section lines vanish", "a\n{{#on}}\nb\n{{/on}}\nc", { on: true }, "a\nb\nc"],
    ["a comment", "a{{! not for the model }}b", {}, "ab"],
    ["a path", "{{user.name}}", { user: { name: "Ada" } }, "Ada"],
    ["an object as its JSON", "{{user}}", { user: { name: "Ada" } }, `{"name":"Ada"}`],
    ["zero and false", "{{n}} {{b}}", { n: 0, b: false }, "0 false"],
    ["emoji and right-to-left text", "{{שם}} 🎉 {{名前}}", { שם: "עדה", 名前: "愛" }, "עדה 🎉 愛"],
    ["a single brace is text", `{"a": {"b": 1}}`, {}, `{"a": {"b": 1}}`],
  ];
  test.each(cases)("%s", (_, template, variables, text) => {
    const compiled = compile(contentOf(template), variables);
    expect(compiled).toEqual({ messages: [{ role: "user", content: text }], text: null, problems: [] });
  });

  test("inherited properties are not values", () => {
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      const { messages, problems } = compile(contentOf(`[{{${name}}}]`), {});
      expect(messages[0]!.content).toBe("[]");
      expect(problems).toMatchObject([{ code: "missing_variable", name }]);
    }
  });

  test("a default stands in, an optional variable may be absent, a required one may not", () => {
    const content = contentOf({
      type: "text",
      text: "{{tone}}|{{hint}}|{{question}}",
      variables: [
        { name: "tone", default: "kind" },
        { name: "hint", isRequired: false },
        { name: "question" },
      ],
    });
    const { text, problems } = compile(content, {});
    expect(text).toBe("kind||");
    expect(problems).toMatchObject([{ code: "missing_variable", severity: "error", path: "variables.2" }]);
  });

  test("a text that spells the declared type is read as it; another is refused by name", () => {
    const variables = [
      { name: "on", type: "boolean" as const },
      { name: "items", type: "list" as const },
    ];
    const content = contentOf({ type: "text", text: "{{#on}}on{{/on}}{{#items}}{{.}}{{/items}}", variables });
    expect(compile(content, { on: "false", items: '["a","b"]' }).text).toBe("ab");
    expect(compile(content, { on: "perhaps", items: [] }).problems).toMatchObject([
      { code: "wrong_type", name: "on" },
    ]);
  });

  test("a placeholder becomes the messages it is given, or none with a warning", () => {
    const content = contentOf({
      type: "chat",
      messages: [
        { role: "system", content: "Be brief." },
        { type: "placeholder", name: "history" },
        {
          role: "user",
          content: [
            { type: "text", text: "{{q}}" },
            { type: "image_url", image_url: { url: "{{image}}" } },
          ],
        },
      ],
    });
    const given = { q: "Why?", image: "https://example.com/a.png" };
    const history = [{ role: "user" as const, content: "{{not a template}}" }];
    expect(compile(content, given, { history }).messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "{{not a template}}" },
      {
        role: "user",
        content: [
          { type: "text", text: "Why?" },
          { type: "image_url", image_url: { url: given.image } },
        ],
      },
    ]);
    const { messages, problems } = compile(content, given);
    expect(messages).toHaveLength(2);
    expect(problems).toMatchObject([{ code: "missing_placeholder", severity: "warning" }]);
  });

  test("a template that does not parse is left as written", () => {
    const { messages, problems } = compile(contentOf("{{#a}} {{b"), { a: true });
    expect(messages[0]!.content).toBe("{{#a}} {{b");
    expect(problems.map((each) => each.code)).toEqual(["unclosed_section", "unclosed_tag"]);
  });
});

describe("scanTags", () => {
  const cases: [template: string, codes: string[], at: string][] = [
    ["a {{name", ["unclosed_tag"], "{{name"],
    ["a {{name\n and {{b}}", ["unclosed_tag"], "{{name"],
    ["{{#a}}x", ["unclosed_section"], "{{#a}}"],
    ["x{{/a}}", ["unopened_section"], "{{/a}}"],
    ["{{#a}}{{#b}}{{/a}}", ["crossed_section"], "{{#b}}"],
    ["{{}}", ["invalid_name"], "{{}}"],
    ["{{first name}}", ["invalid_name"], "{{first name}}"],
    [`{{"json": 1}}`, ["invalid_name"], `{{"json": 1}}`],
    ["{{=<% %>=}}", ["delimiter_change"], "{{=<% %>=}}"],
  ];
  test.each(cases)("%s is marked where it is", (template, codes, at) => {
    const { problems } = scanTags(template);
    expect(problems.map((each) => each.code)).toEqual(codes);
    expect(template.slice(problems[0]!.from, problems[0]!.to)).toBe(at);
  });

  const piece = fc.constantFrom(
    "{{a}}",
    "{{ b }}",
    "{{{a}}}",
    "{{&b}}",
    "{{#a}}",
    "{{/a}}",
    "{{^b}}",
    "{{/b}}",
    "{{! c }}",
    "{{",
    "}}",
    "{",
    "}",
    "\n",
    "  ",
    "text",
    "{{a.b}}",
    "{{.}}",
    "é🎉",
  );
  const template = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));

  test("what it finds no fault in, mustache parses, with the same tags at the same places", () => {
    fc.assert(
      fc.property(template, (text) => {
        const { tags, problems } = scanTags(text);
        if (problems.length > 0) return;
        const flat = (tokens: unknown[][]): unknown[][] =>
          tokens.flatMap((token) => [
            token,
            ...(Array.isArray(token[4]) ? flat(token[4] as unknown[][]) : []),
          ]);
        const theirs = flat(Mustache.parse(text) as unknown as unknown[][]).filter(
          (token) => token[0] !== "text",
        );
        const ours = tags.filter((tag) => tag.kind !== "close");
        expect(ours.map((tag) => [tag.name, tag.from, tag.to])).toEqual(
          theirs.map((token) => [token[0] === "!" ? expect.any(String) : token[1], token[2], token[3]]),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("what mustache refuses, it finds fault in", () => {
    fc.assert(
      fc.property(template, (text) => {
        let isRefused = false;
        try {
          new Mustache.Writer().parse(text);
        } catch {
          isRefused = true;
        }
        if (isRefused) expect(scanTags(text).problems).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test("faultless templates compile to what mustache renders without escaping", () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant([]),
      fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(template, fc.record({ a: value, b: value }), (text, view) => {
        if (scanTags(text).problems.length > 0 || text.includes(".")) return;
        if (/\{\{[{&]?\s*[ab]/.test(text) && (Array.isArray(view.a) || Array.isArray(view.b))) return;
        const theirs = Mustache.render(text, view, undefined, { escape: String });
        expect(compile(contentOf(text), view as JsonObject).messages[0]!.content).toBe(theirs);
      }),
      { numRuns: 2000 },
    );
  });

  test("takes time in proportion to the text, also for hostile ones", () => {
    for (const text of [
      "{{".repeat(200_000),
      "{{ ".repeat(200_000),
      `{{a${" ".repeat(1_000_000)}`,
      "{{#a}}".repeat(20_000),
    ]) {
      const startMs = performance.now();
      scanTags(text);
      expect(performance.now() - startMs).toBeLessThan(2000);
    }
  });
});

describe("checkTemplate", () => {
  const codesOf = (content: Parameters<typeof contentOf>[0]) =>
    checkTemplate(contentOf(content)).map((each) => `${each.code} ${each.name}`);

  test("says which variables are not declared and which are not used", () => {
    const content = { type: "text" as const, text: "{{a}} {{b}}", variables: declare("b", "c") };
    expect(codesOf(content)).toEqual(["undefined_variable a", "unused_variable c"]);
  });

  test("the fields of a list's items are not variables", () => {
    const variables = [{ name: "items", type: "list" as const }];
    expect(codesOf({ type: "text", text: "{{#items}}{{title}} {{.}}{{/items}}", variables })).toEqual([]);
  });

  test("an item's field with a variable's name is shadowed", () => {
    const variables = [{ name: "items", type: "list" as const }, { name: "title" }];
    const text = "{{title}}{{#items}}{{title}}{{/items}}";
    expect(codesOf({ type: "text", text, variables })).toEqual(["shadowed_variable title"]);
  });

  test("a boolean's section has no fields of its own", () => {
    const variables = [{ name: "on", type: "boolean" as const }];
    expect(codesOf({ type: "text", text: "{{#on}}{{a}}{{/on}}", variables })).toEqual([
      "undefined_variable a",
    ]);
  });

  test("duplicates, placeholders of a variable's name and defaults of another type", () => {
    const content = {
      type: "chat" as const,
      messages: [
        { type: "placeholder" as const, name: "a" },
        { role: "user" as const, content: "{{a}}{{n}}" },
      ],
      variables: [{ name: "a" }, { name: "a" }, { name: "n", type: "number" as const, default: "x" }],
    };
    expect(codesOf(content)).toEqual(["shadowed_variable a", "duplicate_variable a", "wrong_type n"]);
  });
});

test("variables are inferred with the type their use suggests", () => {
  const text =
    "{{name}} {{#items}}{{title}}{{/items}} {{#polite}}please {{polite}}{{/polite}} {{user.email}} {{^empty}}x{{/empty}}";
  const found = inferVariables(contentOf({ type: "text", text })).map(({ name, type }) => [name, type]);
  expect(found).toEqual([
    ["name", "string"],
    ["items", "list"],
    ["polite", "string"],
    ["user", "object"],
    ["empty", "boolean"],
  ]);
});
