import { z } from "zod";

export type { Score } from "#lib/traces/score.ts";

export const scoreSources = ["api", "person", "judge", "evaluator"] as const;

const traceId = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/, "A trace id is 32 hexadecimal characters.")
  .transform((text) => text.toLowerCase());
const spanId = z
  .string()
  .regex(/^[0-9a-fA-F]{16}$/, "A span id is 16 hexadecimal characters.")
  .transform((text) => text.toLowerCase());
/** PostgreSQL can't store U+0000. */
const storable = (text: string) => !text.includes("\0");

/** A score about a span, a trace or a session. Sent again under the same `id` it replaces the earlier one. */
export const scoreInput = z
  .object({
    id: z.string().min(1).max(200).refine(storable, "U+0000 is not allowed.").optional(),
    name: z
      .string()
      .trim()
      .min(1, "Name what is scored.")
      .max(200)
      .refine(storable, "U+0000 is not allowed."),
    value: z.union([
      z.number(),
      z.boolean(),
      z.string().min(1).max(200).refine(storable, "U+0000 is not allowed."),
    ]),
    traceId: traceId.optional(),
    spanId: spanId.optional(),
    sessionId: z.string().min(1).max(500).refine(storable, "U+0000 is not allowed.").optional(),
    source: z.enum(scoreSources).default("api"),
    comment: z.string().max(4000).refine(storable, "U+0000 is not allowed.").optional(),
    /** When it was given, if not now. */
    createdAt: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((score) => score.traceId !== undefined || score.sessionId !== undefined, {
    path: ["traceId"],
    message: "Name the trace, or the session, that is scored.",
  })
  .refine((score) => score.spanId === undefined || score.traceId !== undefined, {
    path: ["traceId"],
    message: "A span's score names its trace too.",
  });
export type ScoreInput = z.infer<typeof scoreInput>;
export type ScoreInputDraft = z.input<typeof scoreInput>;

const definitionName = z.string().trim().min(1).max(200);

/** What a score of this name may be. */
export const scoreDefinitionInput = z
  .object({
    name: definitionName,
    type: z.enum(["numeric", "boolean", "categorical"]),
    minimum: z.number().nullish(),
    maximum: z.number().nullish(),
    categories: z.array(z.string().min(1).max(200)).max(100).default([]),
    description: z.string().max(2000).default(""),
    higherIsBetter: z.boolean().default(true),
  })
  .refine((definition) => definition.type !== "categorical" || definition.categories.length > 0, {
    path: ["categories"],
    message: "Name the categories.",
  })
  .refine((definition) => (definition.minimum ?? -Infinity) <= (definition.maximum ?? Infinity), {
    path: ["minimum"],
    message: "The minimum is over the maximum.",
  });
export type ScoreDefinitionInput = z.infer<typeof scoreDefinitionInput>;
export type ScoreDefinition = ScoreDefinitionInput & { id: string; isArchived: boolean };
