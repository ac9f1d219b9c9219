import type { Json, JsonObject } from "#lib/core/json.ts";
import { deepestInclude } from "./deepest-include.ts";
import { parseTemplate, type TemplateNode } from "./parse-template.ts";

/**
 * A tag whose variable, or field of a list's item, has no value: it rendered as nothing. The offsets are those of the
 * template's own tag: of the include, if the name is used inside one.
 */
export type MissingValue = { name: string; from: number; to: number };

/** What `{{> reference}}` stands for where it is written in `within`, null being the template itself. */
export type FindPartial = (
  reference: string,
  within: string | null,
) => { text: string; promptVersionId: string } | undefined;

/**
 * Renders a mustache template with JSON values and without HTML escaping: text goes to a model, not to a page.
 * Objects and lists appear as their JSON. Only own properties are looked up. The template must be one in which
 * `scanTags` finds no problem; `within` is the version whose text it is, if it is an included one.
 */
export function renderText(
  template: string,
  variables: JsonObject,
  findPartial: FindPartial = () => undefined,
  within: string | null = null,
): { text: string; missing: MissingValue[] } {
  if (!template.includes("{{")) return { text: template, missing: [] };
  const missing: MissingValue[] = [];
  const rendering = { findPartial, within, missing, place: null, depth: 0 };
  return { text: render(parsed(template), { view: variables }, rendering), missing };
}

/** What names are looked up in: the innermost section's value first. */
type Scope = { view: Json; parent?: Scope };
type Rendering = {
  findPartial: FindPartial;
  within: string | null;
  missing: MissingValue[];
  /** The template's own include that is being rendered. */
  place: { from: number; to: number } | null;
  depth: number;
};

function render(nodes: readonly TemplateNode[], scope: Scope, rendering: Rendering): string {
  let text = "";
  for (const node of nodes) {
    if (node.kind === "text") text += node.text;
    else if (node.kind === "value") text += renderValue(node, scope, rendering);
    else if (node.kind === "include") text += renderInclude(node, scope, rendering);
    else if (node.kind === "section") text += renderSection(node, scope, rendering);
    else if (!holds(lookUp(scope, node.name))) text += render(node.nodes, scope, rendering);
  }
  return text;
}

type Node<Kind> = Extract<TemplateNode, { kind: Kind }>;

function renderValue({ name, from, to }: Node<"value">, scope: Scope, { missing, place }: Rendering): string {
  const value = lookUp(scope, name);
  if (value !== undefined) return written(value);
  missing.push({ name, ...(place ?? { from, to }) });
  return "";
}

function renderSection(
  { name, nodes }: { name: string; nodes: TemplateNode[] },
  scope: Scope,
  rendering: Rendering,
): string {
  const value = lookUp(scope, name);
  if (value === undefined || !holds(value)) return "";
  if (Array.isArray(value)) {
    return value.map((item) => render(nodes, { view: item, parent: scope }, rendering)).join("");
  }
  return render(nodes, value === true ? scope : { view: value, parent: scope }, rendering);
}

function renderInclude(node: Node<"include">, scope: Scope, rendering: Rendering): string {
  const { findPartial, depth, place } = rendering;
  // What includes itself is refused when it is saved; here it may come unsaved, as a program's fallback.
  const partial = depth < deepestInclude ? findPartial(node.name, rendering.within) : undefined;
  if (!partial) return "";
  const text = render(parsed(indented(partial.text, node)), scope, {
    ...rendering,
    within: partial.promptVersionId,
    place: place ?? { from: node.from, to: node.to },
    depth: depth + 1,
  });
  // Mustache's partials are files, which end in a line break; without one the next line would run on after this.
  return text === "" || partial.text.endsWith("\n") ? text : text + node.lineBreak;
}

function indented(text: string, { indentation, isFirstIndented }: Node<"include">): string {
  if (indentation === "") return text;
  const lines = text.split("\n");
  return lines
    .map((line, index) => (line !== "" && (index > 0 || isFirstIndented) ? indentation + line : line))
    .join("\n");
}

function lookUp(scope: Scope, name: string): Json | undefined {
  if (name === ".") return scope.view;
  const path = name.split(".");
  for (let each: Scope | undefined = scope; each; each = each.parent) {
    const value = valueAt(each.view, path);
    if (value !== undefined) return value;
  }
  return undefined;
}

function valueAt(view: Json, path: string[]): Json | undefined {
  let value: Json | undefined = view;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

function holds(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function written(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const cache = new Map<string, TemplateNode[]>();
const cachedTemplates = 500;
const longestCachedTemplate = 20_000;

function parsed(template: string): TemplateNode[] {
  const known = cache.get(template);
  if (known) return known;
  const nodes = parseTemplate(template);
  if (template.length <= longestCachedTemplate) {
    if (cache.size >= cachedTemplates) cache.delete(cache.keys().next().value!);
    cache.set(template, nodes);
  }
  return nodes;
}
