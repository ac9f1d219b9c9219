import type { Message, SpanContent } from "#lib/traces/span.ts";

/** The texts of messages, each part on its own line; parts that are no text are left out. */
export function textOf(messages: readonly Message[] | null): string {
  return (messages ?? [])
    .flatMap((message) => message.parts)
    .flatMap((part) => (part.type === "text" ? [part.text] : []))
    .join("\n");
}

/** What the span answered, as one text. */
export function answerOf(span: Pick<SpanContent, "outputMessages" | "outputValue">): string {
  if (span.outputMessages) return textOf(span.outputMessages);
  if (span.outputValue === null) return "";
  return typeof span.outputValue === "string" ? span.outputValue : JSON.stringify(span.outputValue, null, 2);
}
