import type { Json } from "#lib/core/json.ts";
import type { ChatMessageIn, ChatRequestIn, ToolIn } from "./chat-request.ts";
import { attributes, findCapitalName, findMentions } from "./facts.ts";
import { textOf } from "./prompt.ts";
import { type Fill, valueForSchema } from "./schema-value.ts";

export type ToolCall = { name: string; arguments: string };

/**
 * The tool the model decides to call, with arguments that its schema accepts; null where it answers in words: no
 * tools, `tool_choice: "none"`, the last message is a tool's result, or nothing in the question fits a tool.
 */
export function decideToolCall(request: ChatRequestIn): ToolCall | null {
  const tools = request.tools ?? [];
  const choice = request.tool_choice ?? "auto";
  if (tools.length === 0 || choice === "none") return null;
  const last = request.messages.at(-1)!;
  if (choice === "auto" && last.role === "tool") return null;

  const asked = textOf(request.messages.findLast((message) => message.role === "user") ?? last);
  const tool =
    typeof choice === "object"
      ? tools.find((candidate) => candidate.function.name === choice.function.name)!
      : bestTool(tools, asked, choice === "required");
  if (!tool) return null;
  const value = tool.function.parameters ? valueForSchema(tool.function.parameters, fillFromText(asked)) : {};
  return { name: tool.function.name, arguments: JSON.stringify(value) };
}

/** What a model says once a tool has answered. */
export function sayToolResult(messages: readonly ChatMessageIn[]): string | null {
  const last = messages.at(-1)!;
  if (last.role !== "tool") return null;
  return `According to the tool, the result is: ${textOf(last).slice(0, 2000)}`;
}

/** Argument values that a text offers: countries for places, quoted words, numbers, else the text itself. */
export function fillFromText(text: string): Fill {
  const countries = findMentions(text).map((mention) => mention.country.name.common);
  const quoted = [...text.matchAll(/["“'`]([^"”'`]{1,200})["”'`]/g)].map((match) => match[1]!);
  const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)].map((match) => Number(match[0]));
  const topic = attributes.find((attribute) => text.toLowerCase().match(attribute.asked));
  return (property, schema): Json | undefined => {
    if (Array.isArray(schema.enum))
      return schema.enum.find((option) => mentions(text, String(option))) as Json | undefined;
    if (schema.type === "number" || schema.type === "integer") return numbers[0];
    if (schema.type === "boolean") return !/\b(?:no|not|without|don't)\b/i.test(text);
    if (/city|location|place|destination/i.test(property)) {
      return findCapitalName(text) ?? countries[0] ?? quoted[0] ?? capitalized(text);
    }
    if (/countr|region/i.test(property)) return countries[0] ?? quoted[0] ?? capitalized(text);
    if (/attribute|field|topic|property/i.test(property)) return topic?.name ?? quoted[0];
    return quoted[0] ?? countries[0] ?? text.slice(0, 200);
  };
}

function bestTool(tools: readonly ToolIn[], asked: string, mustCall: boolean): ToolIn | null {
  const askedWords = wordsOf(asked);
  let best: { tool: ToolIn | null; score: number } = { tool: mustCall ? tools[0]! : null, score: 0 };
  for (const tool of tools) {
    const { name, description = "", parameters = {} } = tool.function;
    const properties = Object.keys((parameters.properties as object | undefined) ?? {}).join(" ");
    const toolWords = wordsOf(
      `${name.replace(/[_-]|(?<=[a-z])(?=[A-Z])/g, " ")} ${description} ${properties}`,
    );
    const score = [...toolWords].filter((word) => askedWords.has(word)).length;
    if (score > best.score) best = { tool, score };
  }
  return best.tool;
}

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  return new Set(words.map((word) => word.replace(/(?:ies|es|s)$/, "")).filter((word) => !dull.has(word)));
}

const dull = new Set([
  "what",
  "which",
  "when",
  "where",
  "with",
  "thi",
  "that",
  "from",
  "about",
  "give",
  "given",
  "get",
  "return",
  "tell",
  "please",
  "have",
  "your",
]);

function mentions(text: string, option: string): boolean {
  return option.length > 0 && text.toLowerCase().includes(option.toLowerCase());
}

function capitalized(text: string): string | undefined {
  return /(?<!^)(?<![.!?] )\b\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)*/u.exec(text)?.[0];
}
