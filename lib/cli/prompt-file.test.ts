import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { digestOf } from "#lib/prompts/digest.ts";
import { type PromptContentInput, promptContent } from "#lib/prompts/schema.ts";
import { fromYaml, nameOf, pathOf, toYaml, withLabels } from "./prompt-file.ts";

const version = { name: "support/triage", number: 3, message: "Shorter\nanswers", authorName: "Ada" };
const write = (content: PromptContentInput, labels: string[] = []) =>
  toYaml({ ...version, labels, content: promptContent.parse(content) });

test("texts are blocks, and what goes without saying is left out", () => {
  const text = write(
    {
      type: "chat",
      messages: [
        { role: "system", content: "Sort the ticket.\n\nBe brief.\n" },
        { type: "placeholder", name: "history" },
        { role: "user", content: "{{ticket}}" },
      ],
      variables: [{ name: "ticket" }, { name: "count", type: "number", isRequired: false, default: 3 }],
      parameters: { temperature: 0.2 },
    },
    ["production"],
  );
  expect(text).toBe(`# support/triage, version 3 by Ada: Shorter
version: 3
labels:
  - production
type: chat
messages:
  - role: system
    content: |
      Sort the ticket.

      Be brief.
  - type: placeholder
    name: history
  - role: user
    content: "{{ticket}}"
variables:
  - name: ticket
  - name: count
    type: number
    isRequired: false
    default: 3
parameters:
  temperature: 0.2
`);
  expect(fromYaml(text)).toMatchObject({ number: 3, labels: ["production"] });
});

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc
    .array(
      fc.constantFrom(
        "a",
        " ",
        "\n",
        "\n\n",
        "\t",
        "# no comment",
        ": ",
        "- ",
        "\r\n",
        "“ü”",
        "yes",
        "{{x}}",
        "|",
        "---",
      ),
    )
    .map((parts) => parts.join("")),
  fc.constantFrom(
    "",
    "true",
    "null",
    "~",
    "1.0",
    "0x1F",
    "2026-11-23",
    "<<",
    "\u2028",
    "\u0085",
    "\ufeff",
    " \n ",
  ),
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, 1e21, 1e-7),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom("type", "1", "properties")), tie("value"), { maxKeys: 3 }),
  ),
})).value;

test("a file gives back the very content it was written from, to the digest", () => {
  fc.assert(
    fc.property(
      text,
      text,
      json,
      fc.dictionary(text, json, { maxKeys: 4 }),
      (system, user, fallback, schema) => {
        const content = promptContent.parse({
          type: "chat",
          messages: [
            { role: "system", content: system },
            { role: "user", content: [{ type: "text", text: user }] },
          ],
          variables: [{ name: "x", description: user, default: fallback, example: system }],
          responseFormat: { type: "json_schema", name: "answer", schema: plain(schema) },
          tools: [{ type: "function", function: { name: "look_up", parameters: plain(schema) } }],
          toolChoice: "required",
        } satisfies PromptContentInput);
        const file = fromYaml(toYaml({ ...version, message: user, labels: [], content }));
        expect("problem" in file ? file : file.digest).toBe(digestOf(content));
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each([
  ["messages: [", /at line 1/],
  ["just a text", /type/],
  ["type: chat\nmessages: []", /messages: A chat prompt needs at least one message/],
  ["type: chat\nmessages:\n  - role: sistem\n    content: x", /messages\.0\.role/],
  ["type: text\ntext: x\ntext: y", /unique/],
  ["type: text\ntext: x\nlabel: y", /label/],
  ["type: text\ntext: x\nlabels: production", /labels: it should be a list/],
  ["type: text\ntext: x\nversion: new", /version: /],
  ["a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]", /alias|type/i],
])("%j is refused with what to do", (yaml, problem) => {
  const file = fromYaml(yaml);
  expect("problem" in file && file.problem).toMatch(problem);
});

test.each([
  ["support/triage", null, "support/triage.yaml"],
  ["support/triage", 2, "support/triage@2.yaml"],
  ["größe mit raum.v2", null, "größe mit raum.v2.yaml"],
  [".git/hooks", null, "%2Egit/hooks.yaml"],
  ['a: "b"*', 12, "a%3A %22b%22%2A@12.yaml"],
  ["dot./end.", null, "dot%2E/end%2E.yaml"],
])("%s (older: %s) is kept in %s", (name, olderNumber, path) => {
  expect(pathOf(name, olderNumber)).toBe(path);
  expect(nameOf(path)).toEqual({ name, olderNumber });
});

test("a path never leaves the folder, and other files are no prompts", () => {
  expect(pathOf("../../etc/passwd", null)).toBe("%2E%2E/%2E%2E/etc/passwd.yaml");
  for (const path of ["README.md", "../x.yaml", "a@b.yaml", "stemma@seen.yaml"])
    expect(nameOf(path)).toBeNull();
});

test("labels are changed without touching what a person wrote", () => {
  const before = "# mine\nversion: 2\ntype: text # yes\ntext: |\n  Hello\n";
  const labeled = withLabels(before, ["production"]);
  expect(labeled).toContain("# mine");
  expect(labeled).toContain("type: text # yes");
  expect(fromYaml(labeled)).toMatchObject({ labels: ["production"], content: { text: "Hello\n" } });
  expect(withLabels(labeled, [])).toBe(before);
});

/** As it comes out of a JSON body, where `__proto__` is no member. */
function plain(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
