import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, notScored, passed, type Sample, scored } from "./judgment.ts";

/** US dollars of the call; or whether they are within the limit. */
export function cost(config: EvaluatorConfigOf<"cost_usd">, sample: Sample): Judgment {
  if (sample.costUsd === null) return notScored("The model has no known price, or reported no tokens.");
  if (config.maximumUsd === undefined) return scored(sample.costUsd);
  return passed(sample.costUsd <= config.maximumUsd, `Cost $${sample.costUsd}.`);
}
