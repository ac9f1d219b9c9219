import type { EvaluatorConfig } from "./config.ts";
import { contains } from "./contains.ts";
import { cost } from "./cost.ts";
import { exactMatch } from "./exact-match.ts";
import { jsonFieldMatch } from "./json-field-match.ts";
import { jsonSchema } from "./json-schema.ts";
import { type Judgment, notScored, type Sample } from "./judgment.ts";
import { latency } from "./latency.ts";
import { levenshtein } from "./levenshtein.ts";
import { type AskJudge, llmJudge } from "./llm-judge.ts";
import { numericTolerance } from "./numeric-tolerance.ts";
import { regex } from "./regex.ts";

/** One evaluator's judgment of one answer. Never throws: what goes wrong is a `not_scored` that says why. */
export async function evaluate(config: EvaluatorConfig, sample: Sample, ask: AskJudge): Promise<Judgment> {
  try {
    return await judge(config, sample, ask);
  } catch (error) {
    return notScored(error instanceof Error ? error.message : String(error));
  }
}

function judge(config: EvaluatorConfig, sample: Sample, ask: AskJudge): Judgment | Promise<Judgment> {
  switch (config.type) {
    case "exact_match":
      return exactMatch(config, sample);
    case "contains":
      return contains(config, sample);
    case "regex":
      return regex(config, sample);
    case "json_schema":
      return jsonSchema(config, sample);
    case "json_field_match":
      return jsonFieldMatch(config, sample);
    case "numeric_tolerance":
      return numericTolerance(config, sample);
    case "latency_ms":
      return latency(config, sample);
    case "cost_usd":
      return cost(config, sample);
    case "levenshtein":
      return levenshtein(config, sample);
    case "llm_judge":
      return llmJudge(config, sample, ask);
  }
}
