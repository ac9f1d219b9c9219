import type { TraceSummary } from "#lib/traces/schema.ts";
import type { Message } from "#lib/traces/span.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import { answerOf } from "./span-texts.ts";

/** One exchange of a session: what was asked and what was answered, and by which span of the trace, if it is known. */
export type Turn = { spanId: string | null; messages: Message[] };

/**
 * What a trace said to its user. The root span tells it where it carries both sides; else the last model call does,
 * for agents answer at the end. Earlier messages of the conversation, which every call repeats, are left out.
 */
export function turnOf(spans: readonly SpanDetail[]): Turn | null {
  const ids = new Set(spans.map((span) => span.spanId));
  const root = spans.find((span) => span.parentSpanId === null || !ids.has(span.parentSpanId));
  const call = spans.findLast((span) => span.isModelCall && span.inputMessages !== null);
  const teller = root && isWhole(root) ? root : (call ?? root);
  if (!teller) return null;
  const asked = askedOf(teller) ?? (call && askedOf(call));
  const messages = [...(asked ? [asked] : []), ...answersOf(teller)];
  return messages.length === 0 ? null : { spanId: teller.spanId, messages };
}

/** The turn of a trace too long to be read whole: the beginnings that the list shows. */
export function previewTurn({ input, output }: Pick<TraceSummary, "input" | "output">): Turn {
  return {
    spanId: null,
    messages: [
      ...(input === null ? [] : [said("user", input)]),
      ...(output === null ? [] : [said("assistant", output)]),
    ],
  };
}

function isWhole(span: SpanDetail): boolean {
  return (
    (span.inputMessages !== null || span.inputValue !== null) &&
    (span.outputMessages !== null || span.outputValue !== null)
  );
}

function askedOf(span: SpanDetail): Message | null {
  const asked = span.inputMessages?.findLast((message) => message.role === "user");
  if (asked) return asked;
  return span.inputValue === null ? null : said("user", textOfValue(span.inputValue));
}

function answersOf(span: SpanDetail): Message[] {
  if (span.outputMessages) return span.outputMessages;
  const answer = answerOf(span);
  return answer === "" ? [] : [said("assistant", answer)];
}

function said(role: string, text: string): Message {
  return { role, name: null, parts: [{ type: "text", text }], finishReason: null };
}

function textOfValue(value: SpanDetail["inputValue"]): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
