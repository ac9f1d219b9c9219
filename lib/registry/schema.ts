import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { stages } from "#lib/models/schema.ts";
import { labelName, promptName } from "#lib/prompts/schema.ts";

// JSON from a body or a JSON column: `unknown` loses nothing.
const json = z.unknown() as unknown as z.ZodType<Json>;

const reason = z.string().trim().min(1, "Say why: the reason stays in the history.").max(2000);

export const moveLabelInput = z.strictObject({
  promptName,
  label: labelName,
  toVersion: z.int().min(1),
  reason,
  /** What the decision rests on: an A/B test's or evaluation's numbers and verdict as they were. */
  evidence: json.optional(),
  /** Refuses with `conflict` if the label points elsewhere by now (null: it must not exist). */
  expectedFrom: z.int().min(1).nullable().optional(),
});
export type MoveLabelInput = z.infer<typeof moveLabelInput>;

export const removeLabelInput = z.strictObject({ promptName, label: labelName, reason });
export type RemoveLabelInput = z.infer<typeof removeLabelInput>;

export const setStageInput = z.strictObject({
  modelVersionId: z.string(),
  stage: z.enum(stages),
  reason,
  evidence: json.optional(),
  /** Archives the model's other versions that are in this stage. */
  archiveExisting: z.boolean().default(false),
});
export type SetStageInput = z.input<typeof setStageInput>;

export const promotion = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  subject: z.enum(["prompt_label", "model_stage", "deployment"]),
  subjectId: z.uuid(),
  /** The prompt's, model's or deployment's name. */
  subjectName: z.string(),
  /** The label, or the stage. */
  target: z.string(),
  fromVersionId: z.uuid().nullable(),
  toVersionId: z.uuid().nullable(),
  /** Numbers of those versions; null where there is none. */
  fromNumber: z.int().nullable(),
  toNumber: z.int().nullable(),
  actorType: z.string(),
  actorId: z.string(),
  actorName: z.string(),
  reason: z.string(),
  evidence: json.nullable(),
});
export type Promotion = z.infer<typeof promotion>;
