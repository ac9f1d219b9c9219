import fc from "fast-check";
import Mustache from "mustache";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { type FindPartial, renderText } from "./render-text.ts";
import { scanTags } from "./scan-tags.ts";

const names = ["a", "b", "list", "it.x", "a.b", ".", "größe", "x-1"];
const references = ["one", "two", "nowhere"];

const name = fc.constantFrom(...names);
const text = fc.array(
  fc.constantFrom(" ", "  ", "\t", "\n", "\r\n", "\n\n", "x", "“é”", "}", "}}", "{ {", "<&>", "👩‍👩‍👧"),
  { maxLength: 4 },
);
const spaces = fc.constantFrom("", " ", "\n");

const { template } = fc.letrec<{ template: string; part: string }>((tie) => ({
  template: fc.array(tie("part"), { maxLength: 6 }).map((parts) => parts.join("")),
  part: fc.oneof(
    { depthSize: "small" },
    text.map((parts) => parts.join("")),
    fc.tuple(name, spaces).map(([each, space]) => `{{${space}${each}${space}}}`),
    name.map((each) => `{{{ ${each} }}}`),
    name.map((each) => `{{& ${each}}}`),
    fc.constantFrom("{{! a comment }}", "{{!\n over lines\n}}", "{{! with # and / }}"),
    fc.constantFrom(...references).map((each) => `{{> ${each}}}`),
    fc
      .tuple(fc.constantFrom("#", "^"), name, spaces, tie("template"))
      .map(([kind, each, space, inside]) => `{{${kind}${space}${each}}}${inside}{{/${each}${space}}}`),
  ),
}));

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>(null, true, false, 0, 1, -2.5, "", "text", "<b> & {{a}}", "1\n2"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "x", "it", "list"), tie("value"), { maxKeys: 3 }),
  ),
})).value;
const variables = fc.dictionary(
  fc.constantFrom("a", "b", "list", "it", "größe", "x-1"),
  json,
) as fc.Arbitrary<JsonObject>;

test("text and missing values are those of mustache.js, whatever the template and the values", () => {
  fc.assert(
    fc.property(template, variables, template, template, (whole, values, one, two) => {
      // Includes name nothing further here, so that none leads back to itself.
      const partials = {
        one: asFile(one.replaceAll("{{>", "{{!")),
        two: asFile(two.replaceAll("{{>", "{{!")),
      };
      fc.pre(!hasTwoOnALine(whole));
      fc.pre([whole, ...Object.values(partials)].every((each) => scanTags(each).problems.length === 0));
      expect(renderText(whole, values, among(partials))).toEqual(renderByMustache(whole, values, partials));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ["a section's own lines leave no trace", "1\n  {{#a}}\n2\n  {{/a}}\n3", "1\n2\n3"],
  ["also with Windows line ends", "1\r\n{{#a}}\r\n2\r\n{{/a}}\r\n3", "1\r\n2\r\n3"],
  ["a comment over lines leaves no trace", "1\n {{!\n x\n }} \n2", "1\n2"],
  ["a value keeps its line", "1\n {{none}} \n2", "1\n  \n2"],
  ["an include is indented like its tag", "1\n  {{> one}}\n2", "1\n  first\n  second\n2"],
  ["text before it indents only the lines after", "ab {{> one}}", "ab first\n   second\n"],
])("%s", (_, whole, expected) => {
  const partials = { one: "first\nsecond\n" };
  expect(renderText(whole, { a: true }, among(partials)).text).toBe(expected);
  expect(renderByMustache(whole, { a: true }, partials).text).toBe(expected);
});

test.each([
  ["alone on its line it keeps the line's break", "a\n{{> x}}\nb", "a\ntext\nb"],
  ["and its indentation", "a\n  {{> x}}\r\nb", "a\n  text\r\nb"],
  ["at the end of the text there is no break to keep", "a\n{{> x}}", "a\ntext"],
  ["two on a line stand as words do", "{{> x}} {{> x}}\nb", "text text\nb"],
  ["one that renders to nothing leaves no line", "a\n{{> none}}\nb", "a\nb"],
])("an include whose text ends without a line break: %s", (_, whole, expected) => {
  const partials = among({ x: "text", none: "{{#never}}x{{/never}}" });
  expect(renderText(whole, {}, partials).text).toBe(expected);
});

test("a text that includes itself ends", () => {
  const { text: rendered } = renderText("{{> a}}", {}, among({ a: "x{{> a}}" }));
  expect(rendered).toMatch(/^x+$/);
});

test("inherited properties are no values", () => {
  expect(renderText("{{constructor}}{{a.length}}", { a: "x" }).missing).toHaveLength(2);
});

/** Mustache.js itself, taught our three differences: no escaping, JSON for objects, own properties only. */
function renderByMustache(whole: string, values: JsonObject, partials: Record<string, string>) {
  const writer = new JsonWriter();
  const rendered = writer.render(whole, new JsonContext(values), (each) => partials[each]);
  return { text: rendered, missing: writer.missing };
}

/** Mustache.js reads partials of files, which end in a line break; of two on a line it drops the space in between. */
const asFile = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);
const hasTwoOnALine = (text: string) =>
  /\{\{>[^\n]*\{\{>/.test(text.replace(/\{\{[^}]*\}\}/g, (tag) => tag.replaceAll("\n", " ")));

function among(partials: Record<string, string>): FindPartial {
  return (reference) =>
    Object.hasOwn(partials, reference)
      ? { text: partials[reference]!, promptVersionId: reference }
      : undefined;
}

type Token = [kind: string, name: string, from: number, to: number];

class JsonWriter extends Mustache.Writer {
  missing: { name: string; from: number; to: number }[] = [];
  #place: { from: number; to: number } | null = null;

  override escapedValue(token: string[], context: Mustache.Context): string {
    return this.unescapedValue(token, context);
  }

  override unescapedValue(token: string[], context: Mustache.Context): string {
    const value = context.lookup(token[1]!) as Json | undefined;
    if (value === null) return "";
    if (value !== undefined) return typeof value === "object" ? JSON.stringify(value) : String(value);
    const [, missed, from, to] = token as unknown as Token;
    this.missing.push({ name: missed, ...(this.#place ?? { from, to }) });
    return "";
  }

  // What is missing inside a partial is said of the tag that includes it.
  override renderPartial(
    token: string[],
    context: Mustache.Context,
    partials: Mustache.PartialsOrLookupFn,
    config: Mustache.OpeningAndClosingTags,
  ): string {
    const [, , from, to] = token as unknown as Token;
    const outer = this.#place;
    this.#place ??= { from, to };
    const text = super.renderPartial(token, context, partials, config);
    this.#place = outer;
    return text;
  }
}

class JsonContext extends Mustache.Context {
  override push(view: unknown): JsonContext {
    return new JsonContext(view, this);
  }

  override lookup(path: string): Json | undefined {
    if (path === ".") return this.view as Json;
    for (let context: Mustache.Context | undefined = this; context; context = context.parent) {
      let value = context.view as Json | undefined;
      for (const step of path.split(".")) {
        const isHeld = typeof value === "object" && value !== null && Object.hasOwn(value, step);
        value = isHeld ? (value as JsonObject)[step] : undefined;
      }
      if (value !== undefined) return value;
    }
    return undefined;
  }
}
