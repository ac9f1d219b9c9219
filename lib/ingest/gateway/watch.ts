/** The times of one call. */
export type Watch = {
  /** Microseconds since the Unix epoch. */
  startTimeUs: number;
  nowUs: () => number;
  elapsedMs: () => number;
};

/** Wall-clock time to start with, a monotonic clock from there. */
export function startWatch(): Watch {
  const startedMs = performance.now();
  const startTimeUs = Date.now() * 1000;
  const elapsedMs = () => performance.now() - startedMs;
  return { startTimeUs, elapsedMs, nowUs: () => startTimeUs + Math.round(elapsedMs() * 1000) };
}

/** Why a call failed whose caller hung up. */
export const canceled = { type: "canceled", message: "The caller went away before the answer was complete." };
