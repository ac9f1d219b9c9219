import type { EvaluatorConfig } from "#lib/evaluations/evaluators/config.ts";

export type EvaluatorType = EvaluatorConfig["type"];

export const evaluatorTypes: { type: EvaluatorType; label: string; hint: string }[] = [
  { type: "exact_match", label: "Exact match", hint: "The whole answer equals an expected one" },
  { type: "contains", label: "Contains", hint: "The answer has an expected text in it" },
  { type: "regex", label: "Regular expression", hint: "The answer matches a pattern" },
  { type: "json_schema", label: "JSON schema", hint: "The answer is JSON that fits a schema" },
  { type: "json_field_match", label: "JSON field", hint: "One field of the answer's JSON is as expected" },
  {
    type: "numeric_tolerance",
    label: "Number within tolerance",
    hint: "The first number is near the expected one",
  },
  { type: "levenshtein", label: "Similarity", hint: "Edit distance to the expected text, 0 to 1" },
  { type: "latency_ms", label: "Latency limit", hint: "The call took at most this long" },
  { type: "cost_usd", label: "Cost limit", hint: "The call cost at most this much" },
  { type: "llm_judge", label: "Model as judge", hint: "A model grades by your rubric" },
];

const normalization = { ignoresCase: true, ignoresPunctuation: true, ignoresArticles: false };

/** A fresh evaluator of the type, under a name that none of `taken` has. */
export function newEvaluator(type: EvaluatorType, taken: readonly string[]): EvaluatorConfig {
  const name = freeName(evaluatorTypes.find((each) => each.type === type)!.label.toLowerCase(), taken);
  switch (type) {
    case "exact_match":
    case "levenshtein":
      return { type, name, normalization };
    case "contains":
      return { type, name, normalization, requires: "any" };
    case "regex":
      return { type, name, pattern: "", flags: "", shouldMatch: true };
    case "json_schema":
      return { type, name, schema: { type: "object" } };
    case "json_field_match":
      return { type, name, field: "answer", normalization };
    case "numeric_tolerance":
      return { type, name, absolute: 0, relative: 0.01 };
    case "latency_ms":
      return { type, name, maximumMs: 2000 };
    case "cost_usd":
      return { type, name, maximumUsd: 0.01 };
    case "llm_judge":
      return { type, name, modelVersionId: "", rubric: "", minimum: 1, maximum: 5 };
  }
}

function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number++) if (!taken.includes(`${name} ${number}`)) return `${name} ${number}`;
}
