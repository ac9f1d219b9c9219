import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { scanTags } from "../scan-tags.ts";
import { chatMessage, type PromptContentInput, type VariableDeclaration } from "../schema.ts";
import { inferVariables } from "../template.ts";
import { textsOf } from "../texts.ts";
import { readYaml, spellYaml } from "./content-file.ts";
import { flatten } from "./flatten.ts";
import { type Format, isRecord } from "./format.ts";
import { fromBodyFields, toBodyFields } from "./openai-body.ts";
import { withVariables } from "./with-variables.ts";

/** promptfoo's configuration with one prompt: defaults are its default test's variables, examples its first test's. */
export const promptfooFormat: Format = {
  id: "promptfoo",
  label: "promptfoo YAML",
  extension: ".yaml",
  recognizes: (value) => isRecord(value) && "prompts" in value,

  write({ name, content, model }) {
    const { messages, warnings } = flatten(content);
    const tags = textsOf(content).flatMap(({ text }) => scanTags(text).tags);
    if (tags.some((tag) => tag.kind === "section" || tag.kind === "inverted")) {
      warnings.push(
        "Sections are mustache's: promptfoo reads its templates as Nunjucks, with {% for %} and {% if %}.",
      );
    }
    const sent = messages.filter((message) => message.type !== "placeholder");
    if (sent.length < messages.length) warnings.push("Placeholders were left out.");
    const raw =
      content.type === "text" ? String(sent[0]?.content ?? "") : `${JSON.stringify(sent, null, 2)}\n`;
    const config = toBodyFields(content, model);
    const of = (field: "default" | "example") =>
      Object.fromEntries(
        content.variables.flatMap((each) => (each[field] === undefined ? [] : [[each.name, each[field]]])),
      );
    const file = {
      description: name,
      prompts: [{ id: name, label: name, raw, ...(Object.keys(config).length > 0 && { config }) }],
      providers: [`openai:chat:${model ?? "gpt-4o"}`],
      ...(Object.keys(of("default")).length > 0 && { defaultTest: { vars: of("default") } }),
      tests: [{ vars: of("example") }],
    };
    return { text: spellYaml(file), warnings };
  },

  read(text) {
    const read = readYaml(text);
    if ("problem" in read) return read;
    const file = isRecord(read.value) ? read.value : {};
    const prompts = Array.isArray(file.prompts) ? file.prompts : [file.prompts];
    const [first] = prompts;
    const prompt: Record<string, unknown> = isRecord(first) ? first : { raw: first };
    if (typeof prompt.raw !== "string" || prompt.raw.startsWith("file://")) {
      return {
        problem: "prompts: the first one should hold its text under `raw`, not in a file of its own.",
      };
    }
    const { warnings, ...fields } = fromBodyFields(isRecord(prompt.config) ? prompt.config : {}, []);
    if (prompts.length > 1) warnings.push(`Only the first of ${prompts.length} prompts was read.`);
    const defaults = varsOf(file.defaultTest);
    const examples = varsOf(Array.isArray(file.tests) ? file.tests[0] : undefined);
    const part: PromptContentInput = { ...templateOf(prompt.raw), ...fields };
    const inferred = withVariables(part, inferVariables);
    const variables = inferred.variables.map((each) =>
      declared(each, defaults[each.name], examples[each.name]),
    );
    const [provider] = Array.isArray(file.providers) ? file.providers : [file.providers];
    const named = isRecord(provider) ? provider.id : provider;
    const model =
      typeof named === "string"
        ? (/^[^:]+:(?:chat:|completion:|messages:)?(.+)$/.exec(named)?.[1] ?? null)
        : null;
    const name = typeof prompt.label === "string" ? prompt.label : null;
    return { content: { ...inferred, variables }, name, model, warnings };
  },
};

/** promptfoo takes a text that is a JSON list of messages for a chat. */
function templateOf(
  raw: string,
): { type: "text"; text: string } | { type: "chat"; messages: z.infer<typeof chatMessage>[] } {
  try {
    const parsed = z.array(chatMessage).min(1).safeParse(JSON.parse(raw));
    if (parsed.success) return { type: "chat", messages: parsed.data };
  } catch {
    return { type: "text", text: raw };
  }
  return { type: "text", text: raw };
}

function varsOf(test: unknown): Record<string, Json> {
  return isRecord(test) && isRecord(test.vars) ? (test.vars as Record<string, Json>) : {};
}

function declared(
  variable: VariableDeclaration,
  fallback: Json | undefined,
  example: Json | undefined,
): VariableDeclaration {
  const value = fallback ?? example;
  const type = Array.isArray(value)
    ? "list"
    : typeof value === "object" && value !== null
      ? "object"
      : typeof value === "number" || typeof value === "boolean"
        ? typeof value === "number"
          ? "number"
          : "boolean"
        : variable.type;
  return {
    ...variable,
    type,
    ...(fallback !== undefined && { default: fallback }),
    ...(example !== undefined && { example }),
  };
}
