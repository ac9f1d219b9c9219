import type { Json } from "#lib/core/json.ts";
import { fromOpenAi, toOpenAi } from "#lib/models/parameters.ts";
import type { ContentPart, PromptContentInput, PromptMessage, VariableDeclaration } from "../schema.ts";
import { inferVariables } from "../template.ts";
import { type VariableType, variableTypes } from "../words.ts";
import { readYaml, spellYaml } from "./content-file.ts";
import { type FlatMessage, flatten } from "./flatten.ts";
import { type Format, isRecord } from "./format.ts";
import { withVariables } from "./with-variables.ts";

/**
 * Google's dotprompt: YAML between two lines of dashes, then a template in which `{{role "…"}}` begins a message,
 * `{{history}}` is the conversation so far and `{{media url=…}}` an image. Variables are its input's JSON schema.
 */
export const dotpromptFormat: Format = {
  id: "dotprompt",
  label: "Dotprompt file",
  extension: ".prompt",
  recognizes: () => false,

  write({ content, model }) {
    const { messages, warnings } = flatten(content);
    const { parameters, responseFormat, tools, variables } = content;
    if (tools.length > 0)
      warnings.push("Of tools only the names are kept: a .prompt file does not define them.");
    const schema = {
      type: "object",
      properties: Object.fromEntries(variables.map((each) => [each.name, propertyOf(each)])),
      required: variables.filter((each) => each.isRequired).map((each) => each.name),
    };
    const defaults = Object.fromEntries(
      variables.flatMap((each) => (each.default === undefined ? [] : [[each.name, each.default]])),
    );
    const front = {
      ...(model && { model }),
      ...(Object.keys(parameters).length > 0 && { config: toOpenAi(parameters) }),
      ...(variables.length > 0 && {
        input: { schema, ...(Object.keys(defaults).length > 0 && { default: defaults }) },
      }),
      ...(responseFormat.type !== "text" && {
        output: {
          format: "json",
          ...(responseFormat.type === "json_schema" && { schema: responseFormat.schema }),
        },
      }),
      ...(tools.length > 0 && { tools: tools.map((each) => each.function.name) }),
    };
    const yaml = Object.keys(front).length > 0 ? spellYaml(front) : "";
    const body =
      content.type === "text"
        ? String(messages[0] && !messages[0].type ? messages[0].content : "")
        : messages.map((message) => spellMessage(message, warnings)).join("\n");
    return { text: `---\n${yaml}---\n${body}\n`, warnings: [...new Set(warnings)] };
  },

  read(text) {
    const [, front = "", body] = /^(?:\s*#.*\n)*---\r?\n([\s\S]*?)^---\r?\n?([\s\S]*)$/m.exec(text) ?? [];
    if (body === undefined)
      return { problem: "A .prompt file begins with `---`, its settings as YAML, and `---`." };
    const read = readYaml(front);
    if ("problem" in read) return { ...read, ...(read.line !== undefined && { line: read.line + 1 }) };
    const settings = isRecord(read.value) ? read.value : {};
    const warnings: string[] = [];
    const part: PromptContentInput = {
      ...readTemplate(fromHandlebars(body, warnings)),
      variables: readInput(settings.input),
      parameters: fromOpenAi(inOpenAiNames(settings.config)),
      responseFormat: readOutput(settings.output),
    };
    if (Array.isArray(settings.tools) && settings.tools.length > 0) {
      warnings.push(`The tools ${settings.tools.join(", ")} are only named in the file: define them here.`);
    }
    const content = withVariables(part, inferVariables);
    return {
      content,
      name: null,
      model: typeof settings.model === "string" ? settings.model : null,
      warnings,
    };
  },
};

function propertyOf({ type, description, example }: VariableDeclaration) {
  return {
    type: type === "list" ? "array" : type,
    ...(description && { description }),
    ...(example !== undefined && { examples: [example] }),
  };
}

const theirRoles: Record<string, string> = { assistant: "model", developer: "system" };

function spellMessage(message: FlatMessage, warnings: string[]): string {
  if (message.type === "placeholder") {
    if (message.name !== "history") warnings.push(`The placeholder ${message.name} became {{history}}.`);
    return "{{history}}";
  }
  if (message.role === "developer") warnings.push("A developer's message became the system's.");
  if (message.tool_calls) warnings.push("Tool calls in messages were left out.");
  const parts: readonly ContentPart[] =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const body = parts
    .map((part) => (part.type === "text" ? part.text : spellImage(part.image_url.url)))
    .join("\n");
  return `{{role "${theirRoles[message.role] ?? message.role}"}}\n${body}`;
}

function spellImage(url: string): string {
  const variable = /^\{\{\s*([\w.-]+)\s*\}\}$/.exec(url)?.[1];
  return variable ? `{{media url=${variable}}}` : `{{media url="${url}"}}`;
}

/** Handlebars' blocks as mustache's sections, which say the same of lists and of what is there or not. */
function fromHandlebars(template: string, warnings: string[]): string {
  const open: string[] = [];
  return template.replace(
    /\{\{\s*(#(?:each|if|unless)\s+([\w.$-]+)|\/(?:each|if|unless)|else|this)\s*\}\}/g,
    (tag, inside, name) => {
      if (inside === "this") return "{{.}}";
      if (inside === "else") {
        warnings.push("{{else}} has no counterpart here: write a section {{^name}} for it.");
        return "";
      }
      if (inside.startsWith("/")) return open.length > 0 ? `{{/${open.pop()}}}` : tag;
      open.push(name);
      return inside.startsWith("#unless") ? `{{^${name}}}` : `{{#${name}}}`;
    },
  );
}

function readTemplate(
  body: string,
): Pick<PromptContentInput & { type: "chat" }, "type" | "messages"> | { type: "text"; text: string } {
  const pieces = body.split(/(\{\{\s*role\s+"[^"]*"\s*\}\}|\{\{\s*history\s*\}\})/);
  if (pieces.length === 1) return { type: "text", text: withoutEnds(`\n${body}`) };
  const messages: PromptMessage[] = [];
  let role = "user";
  for (const piece of pieces) {
    const begun = /^\{\{\s*role\s+"([^"]*)"/.exec(piece)?.[1];
    if (begun !== undefined) role = begun === "model" ? "assistant" : begun === "system" ? "system" : "user";
    else if (/^\{\{\s*history\s*\}\}$/.test(piece)) messages.push({ type: "placeholder", name: "history" });
    else if (piece.trim() !== "")
      messages.push({ role: role as "user", content: readParts(withoutEnds(piece)) });
  }
  return { type: "chat", messages: messages.length > 0 ? messages : [{ role: "user", content: "" }] };
}

/** Without the line break after a marker and that before the next one. */
function withoutEnds(text: string): string {
  return text.replace(/^\r?\n/, "").replace(/\r?\n$/, "");
}

function readParts(text: string): string | ContentPart[] {
  const pieces = text.split(/\n?(\{\{\s*media\s+url=[^}]*\}\})\n?/);
  if (pieces.length === 1) return text;
  return pieces.flatMap((piece): ContentPart[] => {
    const url = /^\{\{\s*media\s+url=(?:"([^"]*)"|([\w.$-]+))/.exec(piece);
    if (url) return [{ type: "image_url", image_url: { url: url[1] ?? `{{${url[2]}}}` } }];
    return piece === "" ? [] : [{ type: "text", text: piece }];
  });
}

/** From a JSON schema, or from the scalars of dotprompt's own shorthand: `name?: string, what it is`. */
function readInput(input: unknown): VariableDeclaration[] {
  const { schema, default: defaults } = isRecord(input) ? input : {};
  const values = isRecord(defaults) ? (defaults as Record<string, Json>) : {};
  if (!isRecord(schema)) return [];
  const isJsonSchema = isRecord(schema.properties);
  const properties = isJsonSchema ? (schema.properties as Record<string, unknown>) : schema;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([key, property]) => {
    const [, short, optional, kind] = /^([^?(]*)(\?)?(?:\(([^,)]*))?/.exec(key)!;
    const name = isJsonSchema ? key : short!.trim();
    const [written, ...about] = typeof property === "string" ? property.split(",") : [];
    const said: Record<string, unknown> = isJsonSchema && isRecord(property) ? property : {};
    const [example] = Array.isArray(said.examples) ? (said.examples as Json[]) : [];
    return {
      name,
      type: typeOf(String(said.type ?? kind ?? written ?? "string")),
      description: String(said.description ?? about.join(",").trim()),
      isRequired: isJsonSchema ? required.includes(name) : !optional,
      ...(values[name] !== undefined && { default: values[name] }),
      ...(example !== undefined && { example }),
    };
  });
}

function typeOf(written: string): VariableType {
  const type = written.trim();
  if (type === "array") return "list";
  if (type === "integer") return "number";
  return variableTypes.find((each) => each === type) ?? "string";
}

function readOutput(output: unknown): PromptContentInput["responseFormat"] {
  if (!isRecord(output)) return undefined;
  if (isRecord(output.schema) && "type" in output.schema) {
    return {
      type: "json_schema",
      name: "answer",
      schema: output.schema as Record<string, Json>,
      isStrict: true,
    };
  }
  return output.format === "json" || isRecord(output.schema) ? { type: "json" } : { type: "text" };
}

const googleNames: Record<string, string> = {
  topP: "top_p",
  topK: "top_k",
  maxOutputTokens: "max_tokens",
  stopSequences: "stop",
};

function inOpenAiNames(config: unknown): Record<string, unknown> {
  if (!isRecord(config)) return {};
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [googleNames[name] ?? name, value]),
  );
}
