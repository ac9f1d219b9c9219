import type { Json } from "#lib/core/json.ts";
import type { Message, SpanContent } from "../span.ts";

/** The texts of a span that free text is looked for in: what went in and what came out. Pure. */
export function textsOf(content: SpanContent, errorMessage: string | null): string[] {
  const texts: string[] = [];
  if (errorMessage) texts.push(errorMessage);
  for (const message of content.inputMessages ?? []) addMessage(message, texts);
  for (const message of content.outputMessages ?? []) addMessage(message, texts);
  addJson(content.inputValue, texts);
  addJson(content.outputValue, texts);
  return texts;
}

function addMessage(message: Message, texts: string[]): void {
  for (const part of message.parts) {
    if (part.type === "text" || part.type === "reasoning") texts.push(part.text);
    else if (part.type === "tool_call") {
      texts.push(part.name);
      addJson(part.arguments, texts);
    } else if (part.type === "tool_result") addJson(part.result, texts);
    else if (part.type === "other") addJson(part.value, texts);
  }
}

/** Every string and number in it, and the names of its fields. */
function addJson(value: Json | null | undefined, texts: string[]): void {
  const waiting: (Json | undefined)[] = [value ?? undefined];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === "string") texts.push(next);
    else if (typeof next === "number") texts.push(String(next));
    else if (Array.isArray(next)) waiting.push(...next);
    else if (next !== null && typeof next === "object") {
      for (const [key, each] of Object.entries(next)) {
        texts.push(key);
        waiting.push(each);
      }
    }
  }
}
