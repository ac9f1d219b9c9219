import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { samplingParameters } from "#lib/models/parameters.ts";
import { evaluatorConfig } from "./evaluators/config.ts";

export const callLimit = 1_000_000;
const json = z.unknown() as unknown as z.ZodType<Json, Json>;

export const candidateInput = z.strictObject({
  promptVersionId: z.uuid(),
  modelVersionId: z.uuid(),
  /** Over the model version's defaults and the prompt version's own. */
  parameters: samplingParameters.default({}),
  /** The one that others are compared to; the first unless one says so. */
  isBaseline: z.boolean().default(false),
});

export const startEvaluationInput = z
  .strictObject({
    name: z.string().trim().min(1, "Give the evaluation a name.").max(200),
    datasetVersionId: z.uuid("Choose a dataset version."),
    candidates: z
      .array(candidateInput)
      .min(1, "Choose at least one prompt version and one model version.")
      .max(50, "At most 50 candidates."),
    evaluators: z.array(evaluatorConfig).max(20, "At most 20 evaluators.").default([]),
    /** Answers asked for per candidate and item. */
    repeats: z.int().min(1).max(100).default(1),
    /** Calls at the same time. */
    concurrency: z.int().min(1).max(64).default(8),
  })
  .superRefine(({ evaluators, candidates }, issues) => {
    evaluators.forEach((evaluator, index) => {
      if (evaluators.findIndex((other) => other.name === evaluator.name) === index) return;
      issues.addIssue({
        code: "custom",
        path: ["evaluators", index, "name"],
        message: `Two evaluators are named "${evaluator.name}".`,
      });
    });
    if (candidates.filter((candidate) => candidate.isBaseline).length > 1)
      issues.addIssue({
        code: "custom",
        path: ["candidates"],
        message: "Only one candidate is the baseline.",
      });
  });
export type StartEvaluationInput = z.input<typeof startEvaluationInput>;

export const evaluationStatus = z.enum(["queued", "running", "done", "canceled", "failed"]);
export type EvaluationStatus = z.infer<typeof evaluationStatus>;

export const progress = z.object({
  /** Results stored, of all; errors are among those done. */
  done: z.int(),
  total: z.int(),
  errors: z.int(),
});
export type Progress = z.infer<typeof progress>;

export const candidateView = z.object({
  id: z.uuid(),
  /** A, B, C, … by position. */
  letter: z.string(),
  isBaseline: z.boolean(),
  promptVersionId: z.uuid(),
  promptName: z.string(),
  promptNumber: z.int(),
  modelVersionId: z.uuid(),
  modelName: z.string(),
  modelNumber: z.int(),
  providerModel: z.string(),
  isSimulated: z.boolean(),
  /** Over the model version's and the prompt version's. */
  parameters: samplingParameters,
});
export type CandidateView = z.infer<typeof candidateView>;

export const evaluation = z.object({
  id: z.uuid(),
  name: z.string(),
  status: evaluationStatus,
  datasetVersionId: z.uuid(),
  datasetName: z.string(),
  datasetVersionNumber: z.int(),
  itemCount: z.int(),
  repeats: z.int(),
  concurrency: z.int(),
  evaluators: z.array(evaluatorConfig),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** Why it failed as a whole; single items that failed are in the results. */
  error: z.string().nullable(),
  candidates: z.array(candidateView),
  progress,
});
export type Evaluation = z.infer<typeof evaluation>;

const counts = { mean: z.number(), items: z.int(), observations: z.int(), unscored: z.int() };

/** A mean with its 95 % interval, or why there is none. Binary and unit scales are shares, 0 to 1. */
export const cell = z.discriminatedUnion("status", [
  z.object({ status: z.literal("estimated"), ...counts, lower: z.number(), upper: z.number() }),
  z.object({ status: z.literal("mean_only"), reason: z.enum(["one_item", "no_variation"]), ...counts }),
  z.object({ status: z.literal("not_estimable"), reason: z.literal("no_values"), unscored: z.int() }),
]);
export type Cell = z.infer<typeof cell>;

const pairedCounts = {
  /** Candidate minus baseline, mean over the items that both have. */
  difference: z.number(),
  items: z.int(),
  higherItems: z.int(),
  lowerItems: z.int(),
};

export const pairedDifference = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("estimated"),
    ...pairedCounts,
    lower: z.number(),
    upper: z.number(),
    /** McNemar's exact P, for 0-or-1 scores. */
    signTestP: z.number().nullable(),
    direction: z.enum(["better", "worse", "unresolved"]),
  }),
  z.object({
    status: z.literal("difference_only"),
    reason: z.enum(["one_item", "no_variation"]),
    ...pairedCounts,
  }),
  z.object({ status: z.literal("not_estimable"), reason: z.literal("no_common_items") }),
]);
export type PairedDifference = z.infer<typeof pairedDifference>;

export const metric = z.object({
  key: z.string(),
  label: z.string(),
  scale: z.enum(["binary", "unit", "ms", "usd"]),
  higherIsBetter: z.boolean(),
});

export const matrix = z.object({
  evaluation,
  baselineId: z.uuid(),
  /** Columns: the evaluators, then `@latency` (ms) and `@cost` (US dollars per call). */
  metrics: z.array(metric),
  rows: z.array(
    z.object({
      candidate: candidateView,
      progress,
      /** By metric key. */
      cells: z.record(z.string(), cell),
      /** By metric key; empty for the baseline. */
      differences: z.record(z.string(), pairedDifference),
    }),
  ),
});
export type Matrix = z.infer<typeof matrix>;

export const resultScore = z.object({
  name: z.string(),
  /** Null: it could not be scored, for the reason given. */
  value: z.number().nullable(),
  reason: z.string().nullable(),
});

export const evaluationResult = z.object({
  candidateId: z.uuid(),
  itemId: z.uuid(),
  itemKey: z.string(),
  input: json,
  expected: z.unknown() as unknown as z.ZodType<Json | null, Json | null>,
  repeat: z.int(),
  status: z.enum(["ok", "error"]),
  output: z.string().nullable(),
  finishReason: z.string().nullable(),
  errorType: z.string().nullable(),
  errorMessage: z.string().nullable(),
  attempts: z.int(),
  latencyMs: z.number().nullable(),
  timeToFirstTokenMs: z.number().nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  costUsd: z.number().nullable(),
  traceId: z.string(),
  spanId: z.string(),
  scores: z.array(resultScore),
});
export type EvaluationResult = z.infer<typeof evaluationResult>;

export const gridFilter = z.enum(["all", "different", "failures", "regressions"]);
export type GridFilter = z.infer<typeof gridFilter>;

/** One item and what every candidate answered to it. */
export type GridRow = {
  itemId: string;
  itemKey: string;
  input: Json;
  expected: Json | null;
  /** By candidate id, in order of repeat; a candidate that has not answered yet is absent. */
  results: Record<string, GridResult[]>;
};
export type GridResult = Pick<
  EvaluationResult,
  "repeat" | "status" | "output" | "errorMessage" | "latencyMs" | "costUsd" | "traceId" | "scores"
>;
