import type { Json } from "#lib/core/json.ts";
import type { Message, SpanContent } from "./span.ts";

const previewLength = 240;

/** What a list shows of a span's content: the last message asked and the first answer, on one line each. Pure. */
export function previewOf(content: SpanContent): { input: string | null; output: string | null } {
  return {
    input: lineOf(
      content.inputMessages?.findLast((message) => message.role === "user") ?? null,
      content.inputValue,
    ),
    output: lineOf(content.outputMessages?.[0] ?? null, content.outputValue),
  };
}

function lineOf(message: Message | null, value: Json | null): string | null {
  const text = message
    ? textOf(message)
    : value === null
      ? null
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
  const line = text
    ?.slice(0, previewLength * 4)
    .replace(/\s+/g, " ")
    .trim();
  if (!line) return null;
  return line.length > previewLength ? `${line.slice(0, previewLength - 1)}…` : line;
}

function textOf(message: Message): string {
  return message.parts
    .map((part) => {
      if (part.type === "text") return part.text;
      if (part.type === "tool_call") return `${part.name}(${JSON.stringify(part.arguments)})`;
      return part.type === "tool_result" ? JSON.stringify(part.result) : "";
    })
    .filter(Boolean)
    .join(" ");
}
