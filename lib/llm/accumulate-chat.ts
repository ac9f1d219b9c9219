import type { TokenUsage } from "#lib/models/pricing.ts";
import { noUsage, readUsage } from "./read-usage.ts";
import { type ChatAnswerMessage, type ChatCompletionChunk, chatCompletion } from "./schema.ts";

export type AccumulatedChoice = { message: ChatAnswerMessage; finishReason: string | null };

export type AccumulatedChat = {
  /** In the order of their indexes. */
  choices: AccumulatedChoice[];
  usage: TokenUsage;
  model: string | null;
  /** The provider's id of the answer. */
  id: string | null;
};

/** Puts the chunks of a streamed answer together. `push` tells whether the chunk brought any content. */
export class ChatAccumulator {
  #choices = new Map<number, AccumulatedChoice>();
  #usage: TokenUsage = noUsage;
  #model: string | null = null;
  #id: string | null = null;

  push(chunk: ChatCompletionChunk): boolean {
    if (chunk.model) this.#model = chunk.model;
    if (chunk.id) this.#id = chunk.id;
    if (chunk.usage) this.#usage = readUsage(chunk.usage);
    let hasContent = false;
    for (const { index, delta, finish_reason } of chunk.choices ?? []) {
      const choice = this.#choiceAt(index ?? 0);
      if (finish_reason) choice.finishReason = finish_reason;
      if (delta?.content) choice.message.content = (choice.message.content ?? "") + delta.content;
      if (delta?.reasoning_content) {
        choice.message.reasoning = (choice.message.reasoning ?? "") + delta.reasoning_content;
      }
      for (const call of delta?.tool_calls ?? []) addToolCall(choice.message, call);
      hasContent ||= Boolean(delta?.content || delta?.reasoning_content || delta?.tool_calls?.length);
    }
    return hasContent;
  }

  finish(): AccumulatedChat {
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    return { choices, usage: this.#usage, model: this.#model, id: this.#id };
  }

  #choiceAt(index: number): AccumulatedChoice {
    const known = this.#choices.get(index);
    if (known) return known;
    const message: ChatAnswerMessage = { role: "assistant", content: null, reasoning: null, tool_calls: [] };
    const choice = { message, finishReason: null };
    this.#choices.set(index, choice);
    return choice;
  }
}

/** The same of an answer that came whole. Null if the body is no chat completion. */
export function readCompletion(body: unknown): AccumulatedChat | null {
  const parsed = chatCompletion.safeParse(body);
  if (!parsed.success) return null;
  const { choices, usage, model, id } = parsed.data;
  return {
    choices: choices.map(({ message, finish_reason }) => ({
      message: {
        role: "assistant",
        content: textOf(message.content),
        reasoning: message.reasoning_content ?? null,
        tool_calls: (message.tool_calls ?? []).map((call) => ({
          id: call.id ?? "",
          type: "function",
          function: { name: call.function?.name ?? "", arguments: call.function?.arguments ?? "" },
        })),
      },
      finishReason: finish_reason ?? null,
    })),
    usage: readUsage(usage),
    model: model ?? null,
    id: id ?? null,
  };
}

type ToolCallDelta = NonNullable<
  NonNullable<NonNullable<ChatCompletionChunk["choices"]>[number]["delta"]>["tool_calls"]
>[number];

function addToolCall(message: ChatAnswerMessage, delta: ToolCallDelta): void {
  const index = delta.index ?? message.tool_calls.length;
  message.tool_calls[index] ??= { id: "", type: "function", function: { name: "", arguments: "" } };
  const call = message.tool_calls[index];
  if (delta.id) call.id = delta.id;
  call.function.name += delta.function?.name ?? "";
  call.function.arguments += delta.function?.arguments ?? "";
}

function textOf(content: unknown): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  return content.map((part: { text?: unknown }) => (typeof part.text === "string" ? part.text : "")).join("");
}
