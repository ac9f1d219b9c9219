import { z } from "zod";
import type { Operation } from "./span.ts";

export const comparisonOperators = [">", ">=", "<", "<="] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

const word = z.string().min(1).max(500);

/**
 * Which traces to list. What is said of time, latency, cost, tokens, score, user, session, tags, name and text holds
 * of the trace as the list shows it; what is said of model, prompt, A/B test, deployment, operation, error and
 * service holds of one and the same of its spans.
 */
export const traceFilter = z.object({
  /** ISO 8601; traces that start at or after. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** ISO 8601; traces that start before. */
  to: z.iso.datetime({ offset: true }).optional(),
  status: z.enum(["ok", "error"]).optional(),
  promptName: word.optional(),
  /** As the emitter said it, or the number of the version it was linked to. */
  promptVersion: word.optional(),
  /** The version that the prompt's label points at now. */
  promptLabel: word.optional(),
  promptVersionId: z.uuid().optional(),
  modelVersionId: z.uuid().optional(),
  /** Asked for or answered with. */
  model: word.optional(),
  provider: word.optional(),
  abTest: word.optional(),
  variant: word.optional(),
  deployment: word.optional(),
  operation: word.optional(),
  name: word.optional(),
  errorType: word.optional(),
  userId: word.optional(),
  sessionId: word.optional(),
  tags: z.array(word).max(20).default([]),
  environment: word.optional(),
  release: word.optional(),
  service: word.optional(),
  comparisons: z
    .array(
      z.object({
        /** Milliseconds, US dollars, or tokens in and out together. */
        field: z.enum(["latencyMs", "ttftMs", "costUsd", "tokens"]),
        operator: z.enum(comparisonOperators),
        value: z.number(),
      }),
    )
    .max(20)
    .default([]),
  scores: z
    .array(
      z.object({
        name: word,
        operator: z.enum([...comparisonOperators, "="]),
        value: z.union([z.number(), z.boolean(), z.string()]),
      }),
    )
    .max(20)
    .default([]),
  /** `feedback` is a score from a person or the API. */
  has: z.array(z.enum(["feedback", "error", "user", "session", "prompt"])).default([]),
  /**
   * Each must occur in what was asked, answered or raised: a word, several words that follow each other in one
   * message, or `word*` for its beginning. Case, punctuation and compatibility forms of letters make no difference.
   */
  text: z.array(z.string().min(1).max(500)).max(10).default([]),
});
export type TraceFilter = z.infer<typeof traceFilter>;
export type TraceFilterDraft = z.input<typeof traceFilter>;

/** Newest or oldest start first, or the greatest latency, cost or number of tokens. */
export const traceSorts = ["newest", "oldest", "slowest", "costliest", "most_tokens"] as const;
export type TraceSort = (typeof traceSorts)[number];

/** A trace in a list: its first or root span's identity, and what its leaf model calls add up to. */
export type TraceSummary = {
  traceId: string;
  name: string;
  operation: Operation;
  startTimeUs: number;
  /** Null while it has not ended. */
  durationUs: number | null;
  status: "ok" | "error";
  errorMessage: string | null;
  /** The last message asked and the answer, cut short; null where the spans carry none. */
  input: string | null;
  output: string | null;
  spanCount: number;
  modelCallCount: number;
  model: string | null;
  provider: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  timeToFirstTokenMs: number | null;
  promptName: string | null;
  promptVersion: string | null;
  abTestKey: string | null;
  variantKey: string | null;
  userId: string | null;
  sessionId: string | null;
  tags: string[];
  environment: string | null;
  service: string | null;
  scores: { name: string; value: number | boolean | string }[];
};
