import { setTimeout as sleep } from "node:timers/promises";
import { isProviderError, type ProviderError } from "./provider-error.ts";

export type RetryOptions = {
  /** Calls in all, the first included; 5 unless told. */
  attempts?: number;
  /** Longest wait between two calls, in seconds; 30 unless told. A provider that asks for more is given up. */
  maxWaitS?: number;
  signal?: AbortSignal;
  onRetry?: (error: ProviderError, attempt: number, waitS: number) => void;
};

/**
 * Calls until it succeeds, waiting as the provider says (Retry-After) or else 0.5, 1, 2, … seconds with full jitter.
 * Only what can pass is tried again: 408, 409, 429, 5xx and calls that got no answer. Throws the last error.
 */
export async function withRetries<Result>(
  call: () => Promise<Result>,
  options: RetryOptions = {},
): Promise<Result> {
  const { attempts = 5, maxWaitS = 30, signal, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isProviderError(error) || !isTransient(error) || attempt >= attempts) throw error;
      const waitS = error.retryAfterS ?? Math.random() * Math.min(maxWaitS, 0.5 * 2 ** attempt);
      if (waitS > maxWaitS) throw error;
      onRetry?.(error, attempt, waitS);
      await sleep(waitS * 1000, undefined, { signal });
    }
  }
}

/** Whether the same call may succeed later. */
export function isTransient({ status }: ProviderError): boolean {
  return status === null || status === 408 || status === 409 || status === 429 || status >= 500;
}
