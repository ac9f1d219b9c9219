import { setTimeout as sleep } from "node:timers/promises";
import { completeChat } from "#lib/llm/complete.ts";
import { isProviderError } from "#lib/llm/provider-error.ts";
import { withRetries } from "#lib/llm/retry.ts";
import type { ChatRequest, ChatResult } from "#lib/llm/schema.ts";
import type { OpenConnection } from "#lib/models/open-connection.ts";

export type CallOutcome = {
  attempts: number;
  /** Of the last attempt: waiting for a retry is no latency of the model. */
  startedAtMs: number;
  endedAtMs: number;
} & ({ status: "ok"; result: ChatResult } | { status: "error"; errorType: string; errorMessage: string });

/** Calls a model; what the provider refuses in the end is a value. Rejects only when the signal aborts. */
export type CallModel = (connection: OpenConnection, request: ChatRequest) => Promise<CallOutcome>;

const attemptLimit = 8;
const longestWaitS = 60;
const callTimeoutMs = 120_000;
const longestMessage = 2000;

/**
 * One caller for all calls of a run. A 429 makes every call to that provider wait as long as it asks: otherwise the
 * other calls in flight would spend their attempts on the same refusal.
 */
export function makeCaller(signal: AbortSignal): CallModel {
  const openAgainMs = new Map<string, number>();
  const waitForProvider = async (address: string) => {
    for (;;) {
      const waitMs = (openAgainMs.get(address) ?? 0) - Date.now();
      if (waitMs <= 0) return;
      await sleep(waitMs, undefined, { signal });
    }
  };

  return async (connection, request) => {
    let attempts = 0;
    let startedAtMs = Date.now();
    const attempt = async () => {
      await waitForProvider(connection.baseUrl);
      attempts += 1;
      startedAtMs = Date.now();
      const timeout = AbortSignal.timeout(callTimeoutMs);
      return completeChat(connection, request, { signal: AbortSignal.any([signal, timeout]) });
    };
    try {
      const result = await withRetries(attempt, {
        attempts: attemptLimit,
        maxWaitS: longestWaitS,
        signal,
        onRetry: ({ status }, _, waitS) => {
          if (status === 429) openAgainMs.set(connection.baseUrl, Date.now() + waitS * 1000);
        },
      });
      return { attempts, startedAtMs, endedAtMs: startedAtMs + result.latencyMs, status: "ok", result };
    } catch (error) {
      signal.throwIfAborted();
      return { attempts, startedAtMs, endedAtMs: Date.now(), status: "error", ...describeFailure(error) };
    }
  };
}

function describeFailure(error: unknown): { errorType: string; errorMessage: string } {
  const message = error instanceof Error ? error.message : String(error);
  const errorMessage = message.slice(0, longestMessage);
  if (isProviderError(error))
    return { errorType: error.status === null ? "unreachable" : `http_${error.status}`, errorMessage };
  if (error instanceof Error && error.name === "TimeoutError")
    return { errorType: "timeout", errorMessage: `No answer within ${callTimeoutMs / 1000} s.` };
  return { errorType: "error", errorMessage };
}
