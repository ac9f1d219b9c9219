import type { EvaluatorConfigOf } from "./config.ts";
import { type Judgment, notScored, passed, type Sample } from "./judgment.ts";
import { timedTest } from "./timed-test.ts";

/** 1 if the output matches the pattern (or, as configured, does not). */
export function regex(config: EvaluatorConfigOf<"regex">, sample: Sample): Judgment {
  const isMatch = timedTest(config.pattern, config.flags, sample.output);
  if (isMatch === "too_slow") return notScored("The pattern took too long on this output.");
  const verb = config.shouldMatch ? "Does not match" : "Matches";
  return passed(isMatch === config.shouldMatch, `${verb} /${config.pattern}/${config.flags}.`);
}
