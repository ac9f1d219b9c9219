import type { Json } from "#lib/core/json.ts";
import type { Message, SpanContent } from "./span.ts";

/** What a span was asked and what it answered, whole, as a file for people holds them; null where it carries none. Pure. */
export function textsOf(content: SpanContent): { input: string | null; output: string | null } {
  const asked = content.inputMessages?.findLast((message) => message.role === "user");
  return {
    input: asked ? textOf([asked]) : valueText(content.inputMessages, content.inputValue),
    output: valueText(content.outputMessages, content.outputValue),
  };
}

/** What a dataset item's input is made of: the variables, else the last thing the user said, else the raw input. */
export function itemInputOf(span: Pick<SpanContent, "variables" | "inputMessages" | "inputValue">): Json {
  if (span.variables) return span.variables;
  const asked = span.inputMessages?.findLast((message) => message.role === "user");
  if (asked) return { input: textOf([asked]) };
  return span.inputValue ?? { input: textOf(span.inputMessages ?? []) };
}

function valueText(messages: Message[] | null, value: SpanContent["inputValue"]): string | null {
  if (messages && messages.length > 0) return textOf(messages);
  if (value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function textOf(messages: readonly Message[]): string {
  return messages
    .flatMap((message) => message.parts)
    .map((part) => {
      if (part.type === "text") return part.text;
      if (part.type === "tool_call") return `${part.name}(${JSON.stringify(part.arguments)})`;
      return part.type === "tool_result" ? JSON.stringify(part.result) : "";
    })
    .filter(Boolean)
    .join("\n");
}
