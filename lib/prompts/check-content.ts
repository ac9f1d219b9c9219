import { Ajv2020 } from "ajv/dist/2020.js";
import { AppError, type FieldIssue } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { isVariableName } from "./scan-tags.ts";
import type { PromptContent } from "./schema.ts";
import { faultOfSize } from "./size.ts";
import { checkTemplate } from "./template.ts";
import { faultOfToolName } from "./tool-name.ts";

const mostIssues = 100;

/**
 * Refuses, with `invalid_input` and one issue per fault, a content that could not be used: a template that does
 * not parse, a schema that is no JSON schema, a tool without a name. Over a million characters: `too_large`.
 */
export function checkContent(content: PromptContent): void {
  const tooLong = faultOfSize(content);
  if (tooLong) throw new AppError("too_large", tooLong);
  const issues = [
    ...storageIssues(content),
    ...templateIssues(content),
    ...schemaIssues(content),
    ...nameIssues(content),
  ];
  if (issues.length === 0) return;
  const first = issues[0]!;
  throw new AppError("invalid_input", first.message, {
    issues: issues
      .slice(0, mostIssues)
      .map(({ path, message }) => ({ path: `content.${path}`.replace(/\.$/, ""), message })),
  });
}

// PostgreSQL's text can hold neither, and half a character has no UTF-8.
function storageIssues(content: PromptContent): FieldIssue[] {
  const text = JSON.stringify(content);
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) {
    return [{ path: "", message: "The prompt contains the NUL character, which cannot be stored." }];
  }
  if (/(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/i.test(text)) {
    return [{ path: "", message: "The prompt contains half of a surrogate pair, which is no character." }];
  }
  return [];
}

function templateIssues(content: PromptContent): FieldIssue[] {
  return checkTemplate(content).filter((problem) => problem.severity === "error");
}

function schemaIssues(content: PromptContent): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const check = (path: string, schema: JsonObject) => {
    const fault = faultOfSchema(schema);
    if (fault) issues.push({ path, message: fault });
  };
  if (content.responseFormat.type === "json_schema")
    check("responseFormat.schema", content.responseFormat.schema);
  for (const [index, { function: each }] of content.tools.entries()) {
    if (each.parameters) check(`tools.${index}.function.parameters`, each.parameters);
  }
  return issues;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false, logger: false });

/** What keeps a value from being a JSON schema (draft 2020-12, which older drafts' usual keywords also satisfy); undefined if nothing. */
export function faultOfSchema(schema: JsonObject): string | undefined {
  const { $schema: _, ...rest } = schema;
  if (ajv.validateSchema(rest)) return undefined;
  const error = ajv.errors?.[0];
  return `This is not a JSON schema: ${error?.instancePath || "the schema"} ${error?.message ?? "is malformed"}.`;
}

function nameIssues(content: PromptContent): FieldIssue[] {
  const issues: FieldIssue[] = [];
  for (const [index, { name }] of content.variables.entries()) {
    if (isVariableName(name)) continue;
    const message = `“${name}” cannot be a variable's name: use letters, digits, _ and -.`;
    issues.push({ path: `variables.${index}.name`, message });
  }
  const tools = new Set<string>();
  for (const [index, { function: each }] of content.tools.entries()) {
    const message = faultOfToolName(each.name, [...tools]);
    if (message) issues.push({ path: `tools.${index}.function.name`, message });
    tools.add(each.name);
  }
  const { toolChoice } = content;
  if (typeof toolChoice === "object" && !tools.has(toolChoice.function.name)) {
    issues.push({ path: "toolChoice", message: `There is no tool “${toolChoice.function.name}” to choose.` });
  } else if (toolChoice === "required" && tools.size === 0) {
    issues.push({ path: "toolChoice", message: "A tool call is required, but there are no tools." });
  }
  if (content.type !== "chat") return issues;
  const placeholders = new Set<string>();
  for (const [index, message] of content.messages.entries()) {
    if (message.type === "examples") {
      if (message.examples.length === 0) {
        issues.push({ path: `messages.${index}.examples`, message: "Add an example, or remove the block." });
      }
      continue;
    }
    if (message.type === "include") continue;
    if (message.type !== "placeholder") {
      for (const [place, part] of (typeof message.content === "string" ? [] : message.content).entries()) {
        if (part.type !== "image_url" || part.image_url.url.trim() !== "") continue;
        const path = `messages.${index}.content.${place}.image_url.url`;
        issues.push({ path, message: "Give the image an address, upload one, or remove it." });
      }
      if (message.role === "tool" && !message.tool_call_id) {
        const text = "A tool's answer needs the id of the call it answers.";
        issues.push({ path: `messages.${index}.tool_call_id`, message: text });
      }
      continue;
    }
    const path = `messages.${index}.name`;
    if (!isVariableName(message.name))
      issues.push({ path, message: "Give the placeholder a name of letters, digits, _ and -." });
    else if (placeholders.has(message.name))
      issues.push({ path, message: `Two placeholders are named “${message.name}”.` });
    placeholders.add(message.name);
  }
  return issues;
}
