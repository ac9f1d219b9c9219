import type { OpenConnection } from "#lib/models/open-connection.ts";
import { ChatAccumulator } from "./accumulate-chat.ts";
import { sendToProvider, toCallError } from "./client.ts";
import { ProviderError } from "./provider-error.ts";
import { readBytes } from "./read-bytes.ts";
import {
  type ChatCompletionChunk,
  type ChatRequest,
  type ChatResult,
  chatCompletionChunk,
} from "./schema.ts";
import { SseReader } from "./sse-reader.ts";

export type ChatEvent =
  | { type: "text"; text: string }
  /** Thinking that the provider shows. */
  | { type: "reasoning"; text: string }
  | { type: "done"; result: ChatResult };

/**
 * One chat completion as it comes: texts of the first choice, then the whole result with usage (asked for with
 * `stream_options`). Throws as completeChat does; ending the loop early ends the call.
 */
export async function* streamChat(
  connection: OpenConnection,
  request: ChatRequest,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<ChatEvent, void> {
  const startedMs = performance.now();
  const body = { ...request, stream: true, stream_options: { include_usage: true } };
  const response = await sendToProvider(connection, "post", "/chat/completions", { body, ...options });
  const accumulator = new ChatAccumulator();
  let timeToFirstTokenMs: number | null = null;

  for await (const chunk of readChunks(response, options.signal)) {
    if (chunk.error)
      throw new ProviderError(response.status, messageOf(chunk.error), { body: JSON.stringify(chunk) });
    if (accumulator.push(chunk)) timeToFirstTokenMs ??= performance.now() - startedMs;
    const delta = chunk.choices?.find((choice) => (choice.index ?? 0) === 0)?.delta;
    if (delta?.reasoning_content) yield { type: "reasoning", text: delta.reasoning_content };
    if (delta?.content) yield { type: "text", text: delta.content };
  }
  const { choices, usage, model } = accumulator.finish();
  const choice = choices[0];
  if (!choice) throw new ProviderError(response.status, "The provider's stream held no answer.");
  const latencyMs = performance.now() - startedMs;
  yield { type: "done", result: { ...choice, usage, model, latencyMs, timeToFirstTokenMs, raw: choice } };
}

/** A stream's chunks; what is neither JSON nor a chunk (comments, `[DONE]`) is passed over. */
async function* readChunks(response: Response, signal?: AbortSignal): AsyncGenerator<ChatCompletionChunk> {
  if (!response.body) return;
  const reader = new SseReader();
  try {
    for await (const bytes of readBytes(response.body)) {
      for (const data of reader.push(bytes)) yield* parseChunk(data);
    }
  } catch (error) {
    throw toCallError(error, signal);
  }
  for (const data of reader.end()) yield* parseChunk(data);
}

/** The chunk an event's data holds: none or one. */
export function parseChunk(data: string): ChatCompletionChunk[] {
  if (data === "[DONE]") return [];
  try {
    const parsed = chatCompletionChunk.safeParse(JSON.parse(data));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

function messageOf(error: unknown): string {
  const message = (error as { message?: unknown }).message;
  return typeof message === "string" ? message : "The provider's stream ended with an error.";
}
