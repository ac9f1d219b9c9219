import { z } from "zod";
import type { TokenUsage } from "#lib/models/pricing.ts";

/** OpenAI's chat-completions body; providers add fields of their own, so it is open. */
export type ChatRequest = { model: string; messages: readonly object[]; [field: string]: unknown };

const toolCall = z.looseObject({
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

/** A provider's answer, as far as it is read; every field but the message may be missing from some provider. */
export const chatCompletion = z.looseObject({
  id: z.string().nullish(),
  model: z.string().nullish(),
  choices: z.array(
    z.looseObject({
      index: z.number().nullish(),
      message: z.looseObject({
        role: z.string().nullish(),
        content: z.unknown().optional(),
        reasoning_content: z.string().nullish(),
        tool_calls: z.array(toolCall).nullish(),
      }),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.unknown().optional(),
});

/** One event of a streamed answer. */
export const chatCompletionChunk = z.looseObject({
  id: z.string().nullish(),
  model: z.string().nullish(),
  choices: z
    .array(
      z.looseObject({
        index: z.number().nullish(),
        delta: z
          .looseObject({
            role: z.string().nullish(),
            content: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            tool_calls: z.array(z.looseObject({ index: z.number().nullish(), ...toolCall.shape })).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
});
export type ChatCompletionChunk = z.infer<typeof chatCompletionChunk>;

export type ChatToolCall = { id: string; type: "function"; function: { name: string; arguments: string } };

export type ChatAnswerMessage = {
  role: "assistant";
  content: string | null;
  /** Thinking that the provider shows (`reasoning_content` of DeepSeek, vLLM and others). */
  reasoning: string | null;
  tool_calls: ChatToolCall[];
};

export type ChatResult = {
  /** The first choice's message. */
  message: ChatAnswerMessage;
  finishReason: string | null;
  usage: TokenUsage;
  /** The model that answered, as the provider names it. */
  model: string | null;
  latencyMs: number;
  /** Null where the answer came whole. */
  timeToFirstTokenMs: number | null;
  /** The provider's body; of a streamed answer its equivalent. */
  raw: unknown;
};
