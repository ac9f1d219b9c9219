import Mustache from "mustache";
import type { Json, JsonObject } from "#lib/core/json.ts";

/** A tag whose variable, or field of a list's item, has no value: it rendered as nothing. */
export type MissingValue = { name: string; from: number; to: number };

/**
 * Renders a mustache template with JSON values and without HTML escaping: text goes to a model, not to a page.
 * Objects and lists appear as their JSON. Only own properties are looked up. The template must be one in which
 * `scanTags` finds no problem; `partials` are the texts of `{{> reference}}`.
 */
export function renderText(
  template: string,
  variables: JsonObject,
  partials: Readonly<Record<string, string>> = {},
): { text: string; missing: MissingValue[] } {
  if (!template.includes("{{")) return { text: template, missing: [] };
  const writer = new JsonWriter();
  const text = writer.render(template, new JsonContext(variables), (name) =>
    Object.hasOwn(partials, name) ? partials[name] : undefined,
  );
  return { text, missing: writer.missing };
}

type Token = [kind: string, name: string, from: number, to: number];

// Mustache itself would keep every template it ever parsed.
const parsed = new Map<string, unknown>();
const cachedTemplates = 500;
const longestCachedTemplate = 20_000;

class JsonWriter extends Mustache.Writer {
  missing: MissingValue[] = [];

  override parse(template: string): unknown {
    const cached = parsed.get(template);
    if (cached) return cached;
    const tokens = super.parse(template, ["{{", "}}"]);
    if (template.length <= longestCachedTemplate) {
      if (parsed.size >= cachedTemplates) parsed.delete(parsed.keys().next().value!);
      parsed.set(template, tokens);
    }
    return tokens;
  }

  override escapedValue(token: string[], context: Mustache.Context): string {
    return this.unescapedValue(token, context);
  }

  override unescapedValue(token: string[], context: Mustache.Context): string {
    const value = context.lookup(token[1]!) as Json | undefined;
    if (value !== undefined) return written(value);
    const [, name, from, to] = token as unknown as Token;
    this.missing.push({ name, from, to });
    return "";
  }
}

/** Mustache's own context also finds inherited properties (`{{constructor}}`) and calls functions. */
class JsonContext extends Mustache.Context {
  override push(view: unknown): JsonContext {
    return new JsonContext(view, this);
  }

  override lookup(name: string): Json | undefined {
    if (name === ".") return this.view as Json;
    const path = name.split(".");
    for (let context: Mustache.Context | undefined = this; context; context = context.parent) {
      const value = valueAt(context.view as Json, path);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

function valueAt(view: Json, path: string[]): Json | undefined {
  let value: Json | undefined = view;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

function written(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
