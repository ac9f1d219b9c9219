import { z } from "zod";
import type { JsonObject } from "#lib/core/json.ts";

const name = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_. -]{0,63}$/, "A name has letters, digits, spaces and _ . - (64 at most).");
const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject, JsonObject>;

/** What is taken away from two texts before they are compared; Unicode NFKC and white space always are. */
export const normalization = z.strictObject({
  ignoresCase: z.boolean().default(true),
  ignoresPunctuation: z.boolean().default(true),
  /** English a, an, the. */
  ignoresArticles: z.boolean().default(false),
});
export type Normalization = z.infer<typeof normalization>;
const normalized = { normalization: normalization.prefault({}) };

export const exactMatchConfig = z.strictObject({ type: z.literal("exact_match"), name, ...normalized });
export const containsConfig = z.strictObject({
  type: z.literal("contains"),
  name,
  /** The texts to look for; the item's expected answers unless given. */
  texts: z.array(z.string().min(1)).min(1).max(50).optional(),
  requires: z.enum(["any", "all"]).default("any"),
  ...normalized,
});
export const regexConfig = z
  .strictObject({
    type: z.literal("regex"),
    name,
    pattern: z.string().min(1).max(2000),
    flags: z
      .string()
      .regex(/^[imsu]*$/, "Flags are i, m, s and u.")
      .default(""),
    shouldMatch: z.boolean().default(true),
  })
  .refine(({ pattern, flags }) => isPattern(pattern, flags), {
    path: ["pattern"],
    message: "This is not a regular expression.",
  });
export const jsonSchemaConfig = z.strictObject({ type: z.literal("json_schema"), name, schema: jsonObject });
export const jsonFieldMatchConfig = z.strictObject({
  type: z.literal("json_field_match"),
  name,
  /** Path in the output's JSON, members separated by dots: `answer.city`. */
  field: z.string().min(1).max(200),
  /** Path in the item's expected object; `field` unless given. Not used when expected is no object. */
  expectedField: z.string().max(200).optional(),
  ...normalized,
});
export const numericToleranceConfig = z.strictObject({
  type: z.literal("numeric_tolerance"),
  name,
  absolute: z.number().min(0).default(0),
  /** Share of the expected number: 0.01 is one per cent. */
  relative: z.number().min(0).default(0),
});
export const latencyConfig = z.strictObject({
  type: z.literal("latency_ms"),
  name,
  /** Given: whether the call took at most this long. Left out: the milliseconds themselves. */
  maximumMs: z.number().positive().optional(),
});
export const costConfig = z.strictObject({
  type: z.literal("cost_usd"),
  name,
  maximumUsd: z.number().positive().optional(),
});
export const levenshteinConfig = z.strictObject({ type: z.literal("levenshtein"), name, ...normalized });
export const llmJudgeConfig = z.strictObject({
  type: z.literal("llm_judge"),
  name,
  modelVersionId: z.uuid("Choose the model that judges."),
  /** What a good answer is; the judge sees it with the input, the output and the expected answer. */
  rubric: z.string().trim().min(1, "Say what a good answer is.").max(20_000),
  /** The judge's scale; stored as a share of it, 0 to 1. */
  minimum: z.int().default(1),
  maximum: z.int().default(5),
});

export const evaluatorConfig = z.discriminatedUnion("type", [
  exactMatchConfig,
  containsConfig,
  regexConfig,
  jsonSchemaConfig,
  jsonFieldMatchConfig,
  numericToleranceConfig,
  latencyConfig,
  costConfig,
  levenshteinConfig,
  llmJudgeConfig,
]);
export type EvaluatorConfig = z.infer<typeof evaluatorConfig>;
export type EvaluatorConfigOf<Type extends EvaluatorConfig["type"]> = Extract<
  EvaluatorConfig,
  { type: Type }
>;

function isPattern(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
