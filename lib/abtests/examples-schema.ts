import { z } from "zod";
import type { Examples, ExampleTrace } from "./list-examples.ts";

const measure = z.union([
  z.enum(["latency_ms", "cost_usd"]),
  z.templateLiteral(["score:", z.string().min(1).max(200)]),
]);

export const examplesQuery = z.object({
  /** The variant compared with the control: the first treatment unless named. */
  treatment: z.string().optional(),
  measure: measure.optional(),
});

const trace = z.object({
  traceId: z.string(),
  variantKey: z.string(),
  unitId: z.string(),
  startedAt: z.iso.datetime(),
  input: z.string().nullable(),
  output: z.string().nullable(),
  latencyMs: z.number().nullable(),
  costUsd: z.number().nullable(),
  isError: z.boolean(),
  scores: z.record(z.string(), z.number()),
});

export const examplesJson = z.object({
  looked: z.number(),
  measure,
  pairs: z.array(z.object({ control: trace, treatment: trace, gap: z.number().nullable() })),
  worst: z.array(z.object({ variantKey: z.string(), measure, traces: z.array(trace) })),
  random: z.array(z.object({ variantKey: z.string(), traces: z.array(trace) })),
});

export type ExamplesJson = z.infer<typeof examplesJson>;

export function toExamplesJson(examples: Examples): ExamplesJson {
  return {
    ...examples,
    pairs: examples.pairs.map(({ control, treatment, gap }) => ({
      control: toTrace(control),
      treatment: toTrace(treatment),
      gap,
    })),
    worst: examples.worst.map((each) => ({ ...each, traces: each.traces.map(toTrace) })),
    random: examples.random.map((each) => ({ ...each, traces: each.traces.map(toTrace) })),
  };
}

function toTrace(example: ExampleTrace) {
  return { ...example, startedAt: example.startedAt.toISOString() };
}
