import { loadTokenizer } from "../tokens.ts";
import type { ChatRequestIn } from "./chat-request.ts";
import { RehearsalError } from "./errors.ts";
import { type Choice, generateChoice, type Token } from "./generate.ts";
import { newHexId } from "./hex-id.ts";
import { contextTokens, type RehearsalModel } from "./models.ts";
import { Pace } from "./pace.ts";
import { countPromptTokens } from "./prompt.ts";
import { sseResponse } from "./sse.ts";

/** Answers a chat-completions request, streamed or whole. `speed` divides every wait. */
export async function answerChat(
  request: ChatRequestIn,
  model: RehearsalModel,
  speed: number,
  signal: AbortSignal,
): Promise<Response> {
  const promptTokens = countPromptTokens(await loadTokenizer(), request.messages, request.tools);
  if (promptTokens > contextTokens) {
    throw new RehearsalError(
      400,
      `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${promptTokens} tokens.`,
      { param: "messages", code: "context_length_exceeded" },
    );
  }
  const choices = await Promise.all(
    Array.from({ length: request.n ?? 1 }, (_, index) => generateChoice(request, model, index)),
  );
  const head: Head = {
    id: `chatcmpl-${newHexId()}`,
    created: Math.floor(Date.now() / 1000),
    model: model.id,
    system_fingerprint: "fp_rehearsal_1",
  };
  const usage = usageOf(promptTokens, choices);
  const pace = new Pace(model, speed, Math.max(...choices.map((choice) => choice.reasoningTokens)));
  if (request.stream) {
    return sseResponse(streamChunks(request, head, choices, usage, pace, signal));
  }
  await pace.first(signal);
  await pace.next(signal, Math.max(...choices.map((choice) => choice.tokens.length)));
  return Response.json(wholeBody(request, head, choices, usage));
}

type Head = { id: string; created: number; model: string; system_fingerprint: string };
type Usage = ReturnType<typeof usageOf>;

/** Usage in OpenAI's fields: reasoning is a part of completion; nothing is cached. */
export function usageOf(promptTokens: number, choices: readonly Choice[]) {
  const reasoning = choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0);
  const completion = choices.reduce((sum, choice) => sum + choice.tokens.length, reasoning);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function wholeBody(request: ChatRequestIn, head: Head, choices: readonly Choice[], usage: Usage) {
  return {
    ...head,
    object: "chat.completion",
    choices: choices.map((choice, index) => ({
      index,
      message: {
        role: "assistant",
        content: choice.toolCall ? null : textOf(choice),
        refusal: null,
        annotations: [],
        ...(choice.toolCall && { tool_calls: [toolCallOf(choice, newCallId(), textOf(choice))] }),
      },
      logprobs:
        request.logprobs && !choice.toolCall ? logprobsOf(choice.tokens, request.top_logprobs ?? 0) : null,
      finish_reason: choice.finishReason,
    })),
    usage,
    service_tier: "default",
  };
}

async function* streamChunks(
  request: ChatRequestIn,
  head: Head,
  choices: readonly Choice[],
  usage: Usage,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const includesUsage = request.stream_options?.include_usage ?? false;
  const chunk = (choice: object | null, chunkUsage: Usage | null = null) =>
    `data: ${JSON.stringify({
      ...head,
      object: "chat.completion.chunk",
      choices: choice ? [choice] : [],
      ...(includesUsage && { usage: chunkUsage }),
    })}\n\n`;

  await pace.first(signal);
  const callIds = choices.map(() => newCallId());
  for (const [index, choice] of choices.entries()) {
    const delta = choice.toolCall
      ? {
          role: "assistant",
          content: null,
          tool_calls: [{ index: 0, ...toolCallOf(choice, callIds[index]!, "") }],
        }
      : { role: "assistant", content: "", refusal: null };
    yield chunk({ index, delta, logprobs: null, finish_reason: null });
  }
  const longest = Math.max(...choices.map((choice) => choice.tokens.length));
  for (let position = 0; position < longest; position++) {
    await pace.next(signal);
    for (const [index, choice] of choices.entries()) {
      const token = choice.tokens[position];
      if (!token) continue;
      const delta = choice.toolCall
        ? { tool_calls: [{ index: 0, function: { arguments: token.text } }] }
        : { content: token.text };
      const logprobs =
        request.logprobs && !choice.toolCall ? logprobsOf([token], request.top_logprobs ?? 0) : null;
      yield chunk({ index, delta, logprobs, finish_reason: null });
    }
  }
  for (const [index, choice] of choices.entries()) {
    yield chunk({ index, delta: {}, logprobs: null, finish_reason: choice.finishReason });
  }
  if (includesUsage) yield chunk(null, usage);
  yield "data: [DONE]\n\n";
}

/** The whole text of an answer, or of its tool call's arguments. */
export function textOf(choice: Choice): string {
  return choice.tokens.map((token) => token.text).join("");
}

function toolCallOf(choice: Choice, id: string, args: string) {
  return { id, type: "function", function: { name: choice.toolCall!.name, arguments: args } };
}

function newCallId(): string {
  return `call_${newHexId()}`;
}

function logprobsOf(tokens: readonly Token[], top: number) {
  const bytes = (text: string) => [...Buffer.from(text, "utf8")];
  return {
    content: tokens.map(({ text, logprob, alternatives }) => ({
      token: text,
      logprob,
      bytes: bytes(text),
      top_logprobs: (alternatives.length > 0 ? alternatives : [{ text, logprob }])
        .toSorted((a, b) => b.logprob - a.logprob)
        .slice(0, top)
        .map((option) => ({ token: option.text, logprob: option.logprob, bytes: bytes(option.text) })),
    })),
    refusal: null,
  };
}
