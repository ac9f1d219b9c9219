import { expect, test } from "vitest";
import type { Message } from "#lib/traces/span.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import { textOf } from "./span-texts.ts";
import { turnOf } from "./turn.ts";

const said = (role: string, text: string): Message => ({
  role,
  name: null,
  parts: [{ type: "text", text }],
  finishReason: null,
});

function span(facts: Partial<SpanDetail>): SpanDetail {
  const empty = { parentSpanId: null, isModelCall: false, inputMessages: null, outputMessages: null };
  return { ...empty, inputValue: null, outputValue: null, ...facts } as SpanDetail;
}

const shown = (spans: SpanDetail[]) =>
  turnOf(spans)?.messages.map((message) => `${message.role}: ${textOf([message])}`);

const call = span({
  spanId: "c",
  parentSpanId: "r",
  isModelCall: true,
  inputMessages: [
    said("system", "Be terse."),
    said("user", "Old?"),
    said("assistant", "Yes."),
    said("user", "New?"),
  ],
  outputMessages: [said("assistant", "No.")],
});

test("the last question and the answer are the turn; what was said before is not repeated", () => {
  expect(shown([span({ spanId: "r" }), call])).toEqual(["user: New?", "assistant: No."]);
});

test("a root span that carries both sides tells the turn", () => {
  const root = span({ spanId: "r", inputValue: "Ask", outputValue: { answer: 42 } });
  expect(shown([root, call])).toEqual(["user: Ask", 'assistant: {\n  "answer": 42\n}']);
});

test("of several model calls the last one answers", () => {
  const last = { ...call, spanId: "d", outputMessages: [said("assistant", "Done.")] };
  expect(shown([span({ spanId: "r" }), call, last])!.at(-1)).toBe("assistant: Done.");
});

test("a trace that says nothing is no turn", () => {
  expect(turnOf([span({ spanId: "r" })])).toBeNull();
});
