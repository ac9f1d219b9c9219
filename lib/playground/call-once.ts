import { isProviderError } from "#lib/llm/provider-error.ts";
import { withRetries } from "#lib/llm/retry.ts";
import type { ChatRequest, ChatResult } from "#lib/llm/schema.ts";
import { streamChat } from "#lib/llm/stream.ts";
import type { OpenConnection } from "#lib/models/open-connection.ts";
import { type ExplainedError, explainError, ownError } from "./explain-error.ts";

export type CallHandlers = {
  onText: (text: string) => Promise<void>;
  onReasoning: (text: string) => Promise<void>;
  onRetry: (retry: { attempt: number; waitS: number; message: string }) => void;
};

/** A call once it is over. Times are of the last attempt: waiting for a retry is no latency of the model. */
export type Called = { startedAtMs: number; endedAtMs: number; text: string; reasoning: string } & (
  | { status: "ok"; result: ChatResult }
  | { status: "error"; errorType: string; error: ExplainedError }
  | { status: "stopped" }
);

const attempts = 4;
/** Somebody is looking at the page: a provider that asks for more is told, not waited for. */
const longestWaitS = 15;

/**
 * One streamed call. What can pass is tried again as `withRetries` does, unless some of the answer was already shown:
 * then the break is told. Never rejects: errors and the signal's abort are values.
 */
export async function callOnce(
  connection: OpenConnection,
  request: ChatRequest,
  signal: AbortSignal,
  handlers: CallHandlers,
): Promise<Called> {
  let startedAtMs = Date.now();
  let text = "";
  let reasoning = "";
  let result: ChatResult | null = null;
  const attempt = async () => {
    startedAtMs = Date.now();
    try {
      for await (const event of streamChat(connection, request, { signal })) {
        if (event.type === "done") result = event.result;
        else if (event.type === "text") {
          text += event.text;
          await handlers.onText(event.text);
        } else {
          reasoning += event.text;
          await handlers.onReasoning(event.text);
        }
      }
    } catch (error) {
      if (text === "" && reasoning === "") throw error;
      throw new BrokenOff("The answer broke off.", { cause: error });
    }
  };
  const said = () => ({ startedAtMs, endedAtMs: Date.now(), text, reasoning });
  try {
    await withRetries(attempt, {
      attempts,
      maxWaitS: longestWaitS,
      signal,
      onRetry: ({ message }, attempt, waitS) => handlers.onRetry({ attempt, waitS, message }),
    });
  } catch (thrown) {
    if (signal.aborted) return { ...said(), status: "stopped" };
    const cause = thrown instanceof BrokenOff ? thrown.cause : thrown;
    return { ...said(), status: "error", ...failureOf(cause) };
  }
  if (!result)
    return { ...said(), status: "error", ...failureOf(new Error("The provider's stream held no answer.")) };
  const { latencyMs } = result as ChatResult;
  return { ...said(), endedAtMs: startedAtMs + latencyMs, status: "ok", result };
}

class BrokenOff extends Error {}

function failureOf(error: unknown): { errorType: string; error: ExplainedError } {
  if (isProviderError(error)) {
    const { message, body, retryAfterS } = error;
    // An error inside a stream that had begun well comes with the status of the beginning: the provider failed.
    const status = error.status === 200 ? 502 : error.status;
    const errorType = status === null ? "provider_unreachable" : String(status);
    return { errorType, error: explainError({ status, message, body, retryAfterS }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    errorType: "error",
    error: ownError("other", message, "Try again; if it stays, see the server's log."),
  };
}
