import { measurePending } from "./store/measure-pending.ts";
import { packTraces } from "./store/pack-traces.ts";

/** Marks a second above which senders have the machine to themselves, for as long as `patienceS`. */
const busyTracesPerSecond = 1000;
/** A lull shorter than this is none. */
const lullMs = 15_000;
const patienceS = 60;
/** Fewer that are newer than this wait: read from their spans they cost little, and packs of a few much. */
const worthwhileTraces = 500;
const worthwhileS = 15;
const pauseMs = 1000;
const pauseAfterErrorMs = 5000;

/**
 * Packs what is pending until `signal` is aborted. Reading is exact without it, only slower the more there is that it
 * has not packed. While spans arrive fast it waits for a lull, a minute at most; then it takes
 * a third of a core, and more the longer the oldest has waited.
 */
export async function runPackLoop(signal: AbortSignal): Promise<void> {
  const pace: Pace = { busyAtMs: Number.NEGATIVE_INFINITY };
  while (!signal.aborted) {
    try {
      await rest(await packOnce(pace), signal);
    } catch (error) {
      if (signal.aborted) return;
      console.error("[packer]", error instanceof Error ? error.message : error);
      await rest(pauseAfterErrorMs, signal);
    }
  }
}

/** When spans last arrived fast. */
type Pace = { busyAtMs: number };

/** How long to rest after it. */
async function packOnce(pace: Pace): Promise<number> {
  const { traces, tracesPerSecond, oldestS } = await measurePending();
  if (traces < worthwhileTraces && oldestS < worthwhileS) return pauseMs;
  if (tracesPerSecond > busyTracesPerSecond) pace.busyAtMs = performance.now();
  const isBusy = performance.now() - pace.busyAtMs < lullMs;
  if (isBusy && oldestS < patienceS) return pauseMs;
  const startedMs = performance.now();
  const hasMore = await packTraces();
  if (!hasMore) return pauseMs;
  const share = isBusy ? Math.max(0.2, 2 - oldestS / 300) : 0.2;
  return (performance.now() - startedMs) * share;
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
