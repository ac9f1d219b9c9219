import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { valueForSchema } from "./schema-value.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false });

test.each<[string, object]>([
  [
    "a flat object",
    { type: "object", properties: { a: { type: "string" }, b: { type: "integer" } }, required: ["a", "b"] },
  ],
  [
    "closed objects",
    { type: "object", properties: { a: { type: "boolean" } }, additionalProperties: false, required: ["a"] },
  ],
  [
    "enums and constants",
    { type: "object", properties: { e: { enum: ["x", 2, null] }, c: { const: 7 } }, required: ["e", "c"] },
  ],
  [
    "bounds",
    {
      type: "object",
      properties: {
        n: { type: "number", exclusiveMinimum: 3, maximum: 4 },
        m: { type: "integer", minimum: 10, multipleOf: 7 },
      },
    },
  ],
  [
    "text lengths",
    {
      type: "object",
      properties: { s: { type: "string", minLength: 300 }, t: { type: "string", maxLength: 2 } },
    },
  ],
  ["patterns", { type: "object", properties: { code: { type: "string", pattern: "^[A-Z]{3}$" } } }],
  [
    "arrays",
    {
      type: "array",
      items: { type: "object", properties: { v: { type: "number" } } },
      minItems: 3,
      maxItems: 4,
    },
  ],
  [
    "nullable types",
    {
      type: "object",
      properties: { a: { type: ["string", "null"] }, b: { anyOf: [{ type: "integer" }, { type: "null" }] } },
    },
  ],
  [
    "references",
    {
      $defs: { p: { type: "object", properties: { x: { type: "number" } }, required: ["x"] } },
      type: "object",
      properties: { p: { $ref: "#/$defs/p" } },
      required: ["p"],
    },
  ],
  [
    "recursion",
    {
      $defs: {
        n: {
          type: "object",
          properties: { next: { anyOf: [{ $ref: "#/$defs/n" }, { type: "null" }] } },
          required: ["next"],
        },
      },
      $ref: "#/$defs/n",
    },
  ],
  [
    "all of",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { b: { type: "number" } }, required: ["b"] },
      ],
    },
  ],
])("%s: the value is valid", (_, schema) => {
  for (const proposal of [undefined, "Paris", 12.5, ["a", "b"], true]) {
    const value = valueForSchema(schema as Record<string, unknown>, () => proposal);
    expect(ajv.validate(schema, value), JSON.stringify(value)).toBe(true);
  }
});

test("a proposal that fits is taken", () => {
  const schema = {
    type: "object",
    properties: {
      city: { type: "string" },
      unit: { enum: ["c", "f"] },
      langs: { type: "array", items: { type: "string" } },
    },
  };
  const proposals: Record<string, string | string[]> = { city: "Oslo", unit: "F", langs: ["no", "se"] };
  expect(valueForSchema(schema, (name) => proposals[name])).toEqual({
    city: "Oslo",
    unit: "f",
    langs: ["no", "se"],
  });
});
