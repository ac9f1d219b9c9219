import type { Json, JsonObject } from "#lib/core/json.ts";

/** A JSON schema, as a request carries it. */
export type Schema = { [keyword: string]: unknown };

/** What the model would put into a property of this name, or undefined where it has nothing to say. */
export type Fill = (property: string, schema: Schema) => Json | undefined;

const maxDepth = 24;

/**
 * A value that the schema accepts (JSON Schema 2020-12, the keywords that structured outputs use: type, properties,
 * required, items, enum, const, $ref, anyOf, oneOf, allOf, bounds and common formats). `fill` proposes content;
 * what does not fit the schema's type, enum or bounds is bent until it does, or left out for a neutral value.
 * Optional properties are written too, except below `maxDepth`, where only recursion can lead.
 */
export function valueForSchema(schema: Schema, fill: Fill): Json {
  return fillSchema(schema, "", { root: schema, fill }, 0);
}

type Scope = { root: Schema; fill: Fill };

function fillSchema(given: unknown, property: string, scope: Scope, depth: number): Json {
  const schema = resolve(given, scope.root, depth);
  if ("const" in schema) return schema.const as Json;
  const proposal = scope.fill(property, schema);
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return pickEnum(schema.enum as Json[], proposal);
  switch (typeOf(schema, proposal)) {
    case "object":
      return objectOf(schema, scope, depth);
    case "array":
      return arrayOf(schema, property, proposal, scope, depth);
    case "integer":
      return numberOf(schema, proposal, true);
    case "number":
      return numberOf(schema, proposal, false);
    case "boolean":
      return typeof proposal === "boolean" ? proposal : /^(?:yes|true)$/i.test(String(proposal));
    case "null":
      return null;
    default:
      return textFor(schema, proposal);
  }
}

function resolve(given: unknown, root: Schema, depth: number): Schema {
  let schema: Schema = isObject(given) ? given : {};
  for (let hops = 0; typeof schema.$ref === "string" && hops < maxDepth; hops++) {
    const target = schema.$ref
      .replace(/^#\/?/, "")
      .split("/")
      .filter(Boolean)
      .reduce<unknown>(
        (node, step) => (isObject(node) ? node[step.replace(/~1/g, "/").replace(/~0/g, "~")] : undefined),
        root,
      );
    schema = isObject(target) ? target : {};
  }
  const choices = [schema.anyOf, schema.oneOf].find((list) => Array.isArray(list) && list.length > 0) as
    | unknown[]
    | undefined;
  if (choices) {
    // Deep down, prefer a branch that ends: null or a scalar.
    const branches = choices.map((choice) => resolve(choice, root, depth));
    const branch =
      depth > maxDepth / 2
        ? branches.find((each) => each.type !== "object" && each.type !== "array")
        : undefined;
    return { ...schema, anyOf: undefined, oneOf: undefined, ...(branch ?? branches[0]) };
  }
  if (Array.isArray(schema.allOf))
    return schema.allOf.reduce<Schema>((all, part) => mergeSchemas(all, resolve(part, root, depth)), {
      ...schema,
      allOf: undefined,
    });
  return schema;
}

function mergeSchemas(a: Schema, b: Schema): Schema {
  return {
    ...a,
    ...b,
    properties: { ...(a.properties as object), ...(b.properties as object) },
    required: [...((a.required as string[]) ?? []), ...((b.required as string[]) ?? [])],
  };
}

function typeOf(schema: Schema, proposal: Json | undefined): string {
  if (Array.isArray(schema.type)) {
    const fitting = schema.type.find((type) => jsonType(proposal) === type);
    return String(fitting ?? schema.type.find((type) => type !== "null") ?? "null");
  }
  if (typeof schema.type === "string") return schema.type;
  if (schema.properties) return "object";
  return schema.items ? "array" : "string";
}

function jsonType(value: Json | undefined): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function objectOf(schema: Schema, scope: Scope, depth: number): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const names = depth < maxDepth ? [...new Set([...Object.keys(properties), ...required])] : required;
  return Object.fromEntries(
    names.map((name) => [name, fillSchema(properties[name], name, scope, depth + 1)]),
  );
}

function arrayOf(
  schema: Schema,
  property: string,
  proposal: Json | undefined,
  scope: Scope,
  depth: number,
): Json[] {
  const least = typeof schema.minItems === "number" ? schema.minItems : 0;
  const most = typeof schema.maxItems === "number" ? schema.maxItems : 8;
  const proposals = Array.isArray(proposal) ? proposal : proposal === undefined ? [] : [proposal];
  const items = proposals.slice(0, most).map((each) => {
    const own: Scope = {
      ...scope,
      fill: (name, inner) => (name === property ? each : scope.fill(name, inner)),
    };
    return fillSchema(schema.items, property, own, depth + 1);
  });
  if (items.length === 0 && most > 0 && depth < maxDepth / 2)
    items.push(fillSchema(schema.items, property, scope, depth + 1));
  while (items.length < least) items.push(fillSchema(schema.items, property, scope, depth + 1));
  return items;
}

function numberOf(schema: Schema, proposal: Json | undefined, isInteger: boolean): number {
  const step = typeof schema.multipleOf === "number" ? schema.multipleOf : isInteger ? 1 : 0;
  const nudge = step || 1e-6;
  const least = bound(schema.minimum, schema.exclusiveMinimum, nudge);
  const most = bound(schema.maximum, schema.exclusiveMaximum, -nudge);
  const proposed =
    typeof proposal === "number" ? proposal : Number.parseFloat(String(proposal ?? "").replaceAll(",", ""));
  const wanted = Number.isFinite(proposed) ? proposed : (least ?? Math.min(1, most ?? 1));
  const clamped = Math.min(Math.max(wanted, least ?? -Infinity), most ?? Infinity);
  if (!step) return clamped;
  const rounded = Math.round(clamped / step) * step;
  if (least !== undefined && rounded < least) return Math.ceil(least / step) * step;
  return most !== undefined && rounded > most ? Math.floor(most / step) * step : rounded;
}

function bound(inclusive: unknown, exclusive: unknown, nudge: number): number | undefined {
  if (typeof exclusive === "number") return exclusive + nudge;
  return typeof inclusive === "number" ? inclusive : undefined;
}

const formats: Record<string, string> = {
  "date-time": "2026-01-15T12:00:00Z",
  date: "2026-01-15",
  time: "12:00:00Z",
  email: "someone@example.com",
  uri: "https://example.com/",
  url: "https://example.com/",
  uuid: "3f2b8c1e-5a4d-4e6f-9b7a-1c2d3e4f5a6b",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  hostname: "example.com",
};

function textFor(schema: Schema, proposal: Json | undefined): string {
  const format = typeof schema.format === "string" ? formats[schema.format] : undefined;
  if (format) return format;
  const proposed = Array.isArray(proposal)
    ? proposal.join(", ")
    : proposal === undefined || isObject(proposal)
      ? ""
      : String(proposal);
  const fallback = typeof schema.default === "string" ? schema.default : "unknown";
  const candidates = [proposed, fallback, ...patternExamples].filter(Boolean);
  const pattern = typeof schema.pattern === "string" ? safePattern(schema.pattern) : null;
  const text = (pattern && candidates.find((candidate) => pattern.test(candidate))) || candidates[0]!;
  const least = typeof schema.minLength === "number" ? schema.minLength : 0;
  const most = typeof schema.maxLength === "number" ? schema.maxLength : Infinity;
  return [...text.padEnd(least, ".")].slice(0, most === Infinity ? undefined : most).join("");
}

// Inverting any regular expression is beyond a rehearsal: common shapes are tried in turn.
const patternExamples = [
  "A",
  "AB",
  "ABC",
  "abc",
  "a",
  "0",
  "12",
  "123",
  "1234",
  "12345",
  "1.0.0",
  "2026-01-15",
  "A-1",
  "abc-123",
  "+1",
];

function safePattern(source: string): RegExp | null {
  try {
    return new RegExp(source, "u");
  } catch {
    return null;
  }
}

function pickEnum(options: Json[], proposal: Json | undefined): Json {
  const wanted = Array.isArray(proposal) ? proposal.map(String) : [String(proposal ?? "")];
  const same = (option: Json) => wanted.some((text) => text.toLowerCase() === String(option).toLowerCase());
  return options.find(same) ?? options[0]!;
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
