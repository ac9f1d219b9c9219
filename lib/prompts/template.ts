import type { JsonObject } from "#lib/core/json.ts";
import type { TemplateProblem } from "./problem.ts";
import { renderText } from "./render-text.ts";
import { scanTags, type Tag } from "./scan-tags.ts";
import type { ChatMessage, PlaceholderValues, PromptContent, VariableDeclaration } from "./schema.ts";
import { textsOf } from "./texts.ts";
import { isOfType, readValue } from "./variable-value.ts";
import type { VariableType } from "./words.ts";

export type Compiled = {
  /** What to send: a text prompt is one user message. */
  messages: ChatMessage[];
  /** The compiled text of a text prompt; null for a chat prompt. */
  text: string | null;
  problems: TemplateProblem[];
};

/**
 * Fills a prompt with values: the same result in the server, the gateway and the browser. Defaults stand in for
 * what is not given; texts that spell a number, a boolean, a list or an object are read as the declared type.
 * Never throws: what is wrong is in `problems`, and the part concerned is left as written or empty.
 */
export function compile(
  content: PromptContent,
  variables: JsonObject,
  placeholders: PlaceholderValues = {},
): Compiled {
  const problems: TemplateProblem[] = [];
  const values = valuesOf(content, variables, problems);
  const partials = Object.fromEntries(content.includes.map((each) => [each.reference, each.text]));
  const optional = new Set(content.variables.filter((each) => !each.isRequired).map((each) => each.name));
  const reported = new Set(problems.map((problem) => problem.name));

  const fill = (path: string, template: string): string => {
    const faults = scanTags(template).problems;
    if (faults.length > 0) {
      problems.push(...faults.map((fault) => ({ ...fault, severity: "error" as const, path })));
      return template;
    }
    const { text, missing } = renderText(template, values, partials);
    for (const { name, from, to } of missing) {
      if (optional.has(rootOf(name)) || reported.has(name)) continue;
      reported.add(name);
      const message = `{{${name}}} has no value. Give one, or declare a default.`;
      problems.push({ code: "missing_variable", severity: "error", message, path, from, to, name });
    }
    return text;
  };

  if (content.type === "text") {
    const text = fill("text", content.text);
    return { messages: [{ role: "user", content: text }], text, problems };
  }
  const messages = content.messages.flatMap((message, index): ChatMessage[] => {
    const path = `messages.${index}.content`;
    if (!("role" in message)) {
      const given = placeholders[message.name];
      if (given) return given;
      const text = `The placeholder “${message.name}” was not filled; it becomes no messages.`;
      problems.push(warning("missing_placeholder", text, `messages.${index}`, message.name));
      return [];
    }
    if (typeof message.content === "string") return [{ ...message, content: fill(path, message.content) }];
    const parts = message.content.map((part, place) =>
      part.type === "text"
        ? { ...part, text: fill(`${path}.${place}.text`, part.text) }
        : {
            ...part,
            image_url: { ...part.image_url, url: fill(`${path}.${place}.image_url.url`, part.image_url.url) },
          },
    );
    return [{ ...message, content: parts }];
  });
  return { messages, text: null, problems };
}

/** Everything that can be said about a template without values, in reading order. */
export function checkTemplate(content: PromptContent): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const declared = new Map(content.variables.map((each) => [each.name, each]));
  const references = new Set(content.includes.map((each) => each.reference));
  const used = new Set<string>();

  for (const { path, text } of textsOf(content)) {
    const { tags, problems: faults } = scanTags(text);
    problems.push(...faults.map((fault) => ({ ...fault, severity: "error" as const, path })));
    for (const tag of tags) {
      if (tag.kind === "include" && !references.has(tag.name)) {
        const message = `There is no include “${tag.name}”.`;
        problems.push({ ...at(tag, path), code: "unknown_include", severity: "error", message });
      }
      if (!isValue(tag)) continue;
      const name = rootOf(tag.name);
      used.add(name);
      problems.push(...scopeProblems(tag, tags, declared, path));
    }
  }
  for (const { text } of content.includes) {
    for (const tag of scanTags(text).tags) if (isValue(tag)) used.add(rootOf(tag.name));
  }
  problems.push(...declarationProblems(content, used));
  return problems;
}

/** The variables a template uses but does not declare, with the type that their use suggests. */
export function inferVariables(content: PromptContent): VariableDeclaration[] {
  const declared = new Set(content.variables.map((each) => each.name));
  const found = new Map<string, VariableType>();
  for (const { tags } of textsOf(content).map((each) => scanTags(each.text))) {
    for (const [index, tag] of tags.entries()) {
      if (!isValue(tag) || tag.name === ".") continue;
      const name = rootOf(tag.name);
      if (declared.has(name) || isField(tag, tags, declared, found)) continue;
      const suggested = suggestedType(tag, index, tags);
      const before = found.get(name);
      if (before === undefined || strength[suggested] > strength[before]) found.set(name, suggested);
    }
  }
  return [...found].map(([name, type]) => ({ name, type, description: "", isRequired: type !== "boolean" }));
}

function valuesOf(content: PromptContent, given: JsonObject, problems: TemplateProblem[]): JsonObject {
  const values: JsonObject = { ...given };
  for (const [index, declaration] of content.variables.entries()) {
    const { name } = declaration;
    const path = `variables.${index}`;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      if (declaration.default !== undefined) values[name] = declaration.default;
      else if (declaration.isRequired) {
        const message = `The variable “${name}” needs a value.`;
        problems.push({ code: "missing_variable", severity: "error", message, path, from: 0, to: 0, name });
      }
      continue;
    }
    const read = readValue(declaration.type, value);
    if (read === undefined) {
      const message = `The variable “${name}” must be ${articles[declaration.type]}.`;
      problems.push({ code: "wrong_type", severity: "error", message, path, from: 0, to: 0, name });
    } else values[name] = read;
  }
  const known = new Set(content.variables.map((each) => each.name));
  const texts = [...textsOf(content).map((each) => each.text), ...content.includes.map((each) => each.text)];
  for (const name of Object.keys(given)) {
    if (known.has(name) || texts.some((text) => text.includes(name))) continue;
    problems.push(warning("unknown_variable", `The prompt uses no variable “${name}”.`, "", name));
  }
  return values;
}

const articles: Record<VariableType, string> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  list: "a list",
  object: "an object",
};

/** A tag inside a list's section may mean the item's field; outside one it must be a declared variable. */
function scopeProblems(
  tag: Tag,
  tags: Tag[],
  declared: ReadonlyMap<string, VariableDeclaration>,
  path: string,
): TemplateProblem[] {
  const scope = tag.within.map((index) => tags[index]!).findLast((each) => opensScope(each, declared));
  if (tag.name === ".") return [];
  const name = rootOf(tag.name);
  if (!scope) {
    if (declared.has(name)) return [];
    const message = `{{${tag.name}}} is not declared. Declare it to give it a type, a default and an example.`;
    return [{ ...at(tag, path), name, code: "undefined_variable", severity: "warning", message }];
  }
  if (!declared.has(name) || scope.name === name) return [];
  const message = `Inside {{#${scope.name}}}, {{${tag.name}}} means the item's own field where it has one, and the variable otherwise. Rename one of them.`;
  return [{ ...at(tag, path), name, code: "shadowed_variable", severity: "warning", message }];
}

function declarationProblems(content: PromptContent, used: ReadonlySet<string>): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const seen = new Set<string>();
  const placeholders = new Set(
    content.type === "chat" ? content.messages.flatMap((each) => ("role" in each ? [] : [each.name])) : [],
  );
  for (const [index, { name, type, default: fallback }] of content.variables.entries()) {
    const path = `variables.${index}`;
    if (seen.has(name)) {
      const message = `The variable “${name}” is declared twice. Remove one of the two.`;
      problems.push({ ...warning("duplicate_variable", message, path, name), severity: "error" });
    } else if (!used.has(name)) {
      const message = `The variable “${name}” is not used. Write {{${name}}} in a message, or remove it.`;
      problems.push(warning("unused_variable", message, path, name));
    } else if (placeholders.has(name)) {
      const message = `A placeholder is also named “${name}”. Rename one, so that it is clear which is meant.`;
      problems.push(warning("shadowed_variable", message, path, name));
    }
    if (fallback !== undefined && !isOfType(type, fallback)) {
      const message = `The default of “${name}” must be ${articles[type]}.`;
      problems.push({ ...warning("wrong_type", message, path, name), severity: "error" });
    }
    seen.add(name);
  }
  return problems;
}

function isField(
  tag: Tag,
  tags: Tag[],
  declared: ReadonlySet<string>,
  found: ReadonlyMap<string, VariableType>,
): boolean {
  if (found.has(rootOf(tag.name))) return false;
  return tag.within.some((index) => {
    const section = tags[index]!;
    return section.kind === "section" && (declared.has(section.name) || found.get(section.name) === "list");
  });
}

/** Of two uses of one name, the stronger decides: what is looped over is a list even if it is also printed. */
const strength: Record<VariableType, number> = { boolean: 0, number: 1, string: 1, list: 2, object: 3 };

function suggestedType(tag: Tag, index: number, tags: Tag[]): VariableType {
  if (tag.name.includes(".")) return "object";
  if (tag.kind === "variable") return "string";
  const inside = tags.filter((each) => each.within.at(-1) === index && each.kind === "variable");
  const isOwnName = (each: Tag) => each.name === tag.name;
  return tag.kind === "section" && inside.length > 0 && !inside.some(isOwnName) ? "list" : "boolean";
}

function opensScope(tag: Tag, declared: ReadonlyMap<string, VariableDeclaration>): boolean {
  if (tag.kind !== "section") return false;
  const declaration = declared.get(rootOf(tag.name));
  return !declaration || declaration.type === "list" || declaration.type === "object";
}

function isValue(tag: Tag): boolean {
  return tag.kind === "variable" || tag.kind === "section" || tag.kind === "inverted";
}

function rootOf(name: string): string {
  const dot = name.indexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

function at(tag: Tag, path: string): { path: string; from: number; to: number; name: string } {
  return { path, from: tag.from, to: tag.to, name: tag.name };
}

function warning(
  code: TemplateProblem["code"],
  message: string,
  path: string,
  name: string,
): TemplateProblem {
  return { code, severity: "warning", message, path, from: 0, to: 0, name };
}
