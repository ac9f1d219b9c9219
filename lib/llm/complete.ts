import type { OpenConnection } from "#lib/models/open-connection.ts";
import { readCompletion } from "./accumulate-chat.ts";
import { sendToProvider, toCallError } from "./client.ts";
import { ProviderError } from "./provider-error.ts";
import type { ChatRequest, ChatResult } from "./schema.ts";

/**
 * One chat completion, whole. Throws ProviderError as the provider sent it, the signal's reason when aborted, and a
 * ProviderError with status 200 where the answer is no chat completion.
 */
export async function completeChat(
  connection: OpenConnection,
  request: ChatRequest,
  options: { signal?: AbortSignal } = {},
): Promise<ChatResult> {
  const startedMs = performance.now();
  const body = { ...request, stream: false };
  const response = await sendToProvider(connection, "post", "/chat/completions", { body, ...options });
  const text = await response.text().catch((error) => {
    throw toCallError(error, options.signal);
  });
  const latencyMs = performance.now() - startedMs;
  const raw = parseJson(text);
  const chat = readCompletion(raw);
  const choice = chat?.choices[0];
  if (!chat || !choice) {
    throw new ProviderError(response.status, "The provider's answer is not a chat completion.", {
      body: text,
    });
  }
  return { ...choice, usage: chat.usage, model: chat.model, latencyMs, timeToFirstTokenMs: null, raw };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
