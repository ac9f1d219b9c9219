import type { JsonObject } from "#lib/core/json.ts";
import { deepestInclude } from "./deepest-include.ts";
import {
  allVariables,
  type FindInclude,
  findIncludeIn,
  type IncludeUse,
  includeUsesOf,
  includeUsesWithin,
  textsOfInclude,
} from "./includes.ts";
import type { TemplateProblem } from "./problem.ts";
import { renderText } from "./render-text.ts";
import { scanTags, type Tag } from "./scan-tags.ts";
import type {
  ChatMessage,
  PinnedInclude,
  PlaceholderValues,
  PromptContent,
  PromptMessage,
  VariableDeclaration,
} from "./schema.ts";
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
  const declarations = allVariables(content);
  const values = valuesOf(content, declarations, variables, problems);
  const find = findIncludeIn(content.includes);
  const optional = new Set(declarations.filter((each) => !each.isRequired).map((each) => each.name));
  const reported = new Set(problems.map((problem) => problem.name));

  const fill = (path: string, template: string, within: string | null): string => {
    const { tags, problems: faults } = scanTags(template);
    if (faults.length > 0) {
      problems.push(...faults.map((fault) => ({ ...fault, severity: "error" as const, path })));
      return template;
    }
    for (const tag of tags) {
      if (tag.kind === "include" && !find(tag.name, within)) {
        problems.push(unknownInclude(tag.name, { path, from: tag.from, to: tag.to }));
      }
    }
    const { text, missing } = renderText(template, values, find, within);
    for (const { name, from, to } of missing) {
      if (optional.has(rootOf(name)) || reported.has(name)) continue;
      reported.add(name);
      const message = `{{${name}}} has no value. Give one, or declare a default.`;
      problems.push({ code: "missing_variable", severity: "error", message, path, from, to, name });
    }
    return text;
  };

  if (content.type === "text") {
    const text = fill("text", content.text, null);
    return { messages: [{ role: "user", content: text }], text, problems };
  }

  const compiled = (
    message: PromptMessage,
    path: string,
    within: string | null,
    depth: number,
  ): ChatMessage[] => {
    if (message.type === "placeholder") {
      const given = placeholders[message.name];
      if (given) return given;
      const text = `The placeholder “${message.name}” was not filled; it becomes no messages.`;
      problems.push(warning("missing_placeholder", text, path, message.name));
      return [];
    }
    if (message.type === "examples") {
      return message.examples.flatMap(({ user, assistant }, place): ChatMessage[] => [
        { role: "user", content: fill(`${path}.examples.${place}.user`, user, within) },
        { role: "assistant", content: fill(`${path}.examples.${place}.assistant`, assistant, within) },
      ]);
    }
    if (message.type === "include") {
      const pin = depth < deepestInclude ? find(message.reference, within) : undefined;
      if (!pin?.messages) {
        problems.push(unknownInclude(message.reference, { path: `${path}.reference`, from: 0, to: 0 }));
      }
      return (pin?.messages ?? []).flatMap((each) => compiled(each, path, pin!.promptVersionId, depth + 1));
    }
    if (typeof message.content === "string") {
      return [{ ...message, content: fill(`${path}.content`, message.content, within) }];
    }
    const parts = message.content.map((part, place) => {
      const at = `${path}.content.${place}`;
      if (part.type === "text") return { ...part, text: fill(`${at}.text`, part.text, within) };
      const url = fill(`${at}.image_url.url`, part.image_url.url, within);
      return { ...part, image_url: { ...part.image_url, url } };
    });
    return [{ ...message, content: parts }];
  };
  const messages = content.messages.flatMap((message, index) =>
    compiled(message, `messages.${index}`, null, 0),
  );
  return { messages, text: null, problems };
}

/** Everything that can be said about a template without values, in reading order. */
export function checkTemplate(content: PromptContent): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const declared = new Map(allVariables(content).map((each) => [each.name, each]));
  const find = findIncludeIn(content.includes);
  const used = new Set<string>();

  for (const { path, text } of textsOf(content)) {
    const { tags, problems: faults } = scanTags(text);
    problems.push(...faults.map((fault) => ({ ...fault, severity: "error" as const, path })));
    for (const tag of tags) {
      if (!isValue(tag)) continue;
      used.add(rootOf(tag.name));
      problems.push(...scopeProblems(tag, tags, declared, path));
    }
  }
  for (const use of includeUsesOf(content)) {
    const pin = find(use.reference, null);
    if (!pin) problems.push(unknownInclude(use.reference, use));
    else if ((use.kind === "messages") !== (pin.messages !== undefined)) problems.push(wrongKind(use, pin));
  }
  for (const use of includeUsesOf(content)) {
    const pin = find(use.reference, null);
    for (const { tag, isFree } of pin ? valueTagsWithin(pin, find, declared) : []) {
      const name = rootOf(tag.name);
      if (isFree && !declared.has(name) && !used.has(name)) {
        const message = `{{${tag.name}}}, which “${pin!.name}” uses, is declared neither there nor here. Declare it here.`;
        const { path, from, to } = use;
        problems.push({ code: "undefined_variable", severity: "warning", message, path, from, to, name });
      }
      used.add(name);
    }
  }
  problems.push(...declarationProblems(content, used));
  return problems;
}

/** The variables a template uses but does not declare, with the type that their use suggests. */
export function inferVariables(content: PromptContent): VariableDeclaration[] {
  const declared = new Set(allVariables(content).map((each) => each.name));
  const found = new Map<string, VariableType>();
  const texts = [...textsOf(content), ...content.includes.flatMap(textsOfInclude)];
  for (const { tags } of texts.map((each) => scanTags(each.text))) {
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

/** All value tags of a pinned include and of what it includes; free ones are in no section that opens a scope. */
function valueTagsWithin(
  pin: PinnedInclude,
  find: FindInclude,
  declared: ReadonlyMap<string, VariableDeclaration>,
  depth = 1,
): { tag: Tag; isFree: boolean }[] {
  const own = textsOfInclude(pin).flatMap(({ text }) => {
    const { tags } = scanTags(text);
    return tags
      .filter((tag) => isValue(tag) && tag.name !== ".")
      .map((tag) => ({ tag, isFree: !tag.within.some((index) => opensScope(tags[index]!, declared)) }));
  });
  if (depth >= deepestInclude) return own;
  const further = includeUsesWithin(pin).flatMap(({ reference }) => {
    const inner = find(reference, pin.promptVersionId);
    return inner ? valueTagsWithin(inner, find, declared, depth + 1) : [];
  });
  return [...own, ...further];
}

function unknownInclude(
  reference: string,
  { path, from, to }: { path: string; from: number; to: number },
): TemplateProblem {
  const message =
    reference.trim() === ""
      ? "Name the prompt to include, as in {{> shared/tone@production}}."
      : `The include “${reference}” was not found. Name a prompt and a version or label of it, as in shared/tone@production.`;
  return { code: "unknown_include", severity: "error", message, path, from, to, name: reference };
}

function wrongKind({ kind, reference, path, from, to }: IncludeUse, pin: PinnedInclude): TemplateProblem {
  const message =
    kind === "text"
      ? `“${pin.name}” is a chat prompt: it cannot stand inside a text. Add it as messages of its own.`
      : `“${pin.name}” is a text prompt: include it inside a message, as {{> ${reference}}}.`;
  return { code: "wrong_include", severity: "error", message, path, from, to, name: reference };
}

function valuesOf(
  content: PromptContent,
  declarations: readonly VariableDeclaration[],
  given: JsonObject,
  problems: TemplateProblem[],
): JsonObject {
  const values: JsonObject = { ...given };
  for (const [index, declaration] of declarations.entries()) {
    const { name } = declaration;
    const path = index < content.variables.length ? `variables.${index}` : "includes";
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
  const known = new Set(declarations.map((each) => each.name));
  const texts = [...textsOf(content), ...content.includes.flatMap(textsOfInclude)];
  for (const name of Object.keys(given)) {
    if (known.has(name) || texts.some(({ text }) => text.includes(name))) continue;
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
    content.type === "chat"
      ? content.messages.flatMap((each) => (each.type === "placeholder" ? [each.name] : []))
      : [],
  );
  const included = new Map(
    content.includes.flatMap((pin) => pin.variables.map((each) => [each.name, { each, pin }])),
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
    const other = included.get(name);
    if (other && other.each.type !== type) {
      const message = `“${other.pin.name}”, which is included, declares “${name}” as ${articles[other.each.type]}; here it is ${articles[type]}, which holds. Make them the same.`;
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
