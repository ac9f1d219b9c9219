import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, passed, type Sample, scored } from "./judgment.ts";

/** Milliseconds of the call that succeeded, without waiting for retries; or whether they are within the limit. */
export function latency(config: EvaluatorConfigOf<"latency_ms">, sample: Sample): Judgment {
  if (config.maximumMs === undefined) return scored(sample.latencyMs);
  return passed(sample.latencyMs <= config.maximumMs, `Took ${Math.round(sample.latencyMs)} ms.`);
}
