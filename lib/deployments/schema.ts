import { z } from "zod";
import { samplingParameters } from "#lib/models/parameters.ts";

/** What callers send as `model`. */
export const deploymentName = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "A name has up to 64 letters, digits, dots, hyphens and underscores.",
  );

/**
 * What a deployment serves: the A/B test while it runs; otherwise the prompt (by label, or pinned to a version; or
 * none: the caller's messages alone) on the model version. One of A/B test and model version must be there.
 */
export const saveDeploymentInput = z
  .object({
    name: deploymentName,
    description: z.string().max(2000).default(""),
    isEnabled: z.boolean().default(true),
    abTestKey: z.string().min(1).nullable().default(null),
    promptName: z.string().min(1).nullable().default(null),
    /** `production` unless a version is pinned. */
    promptLabel: z.string().min(1).nullable().default(null),
    promptVersionId: z.uuid().nullable().default(null),
    modelVersionId: z.uuid().nullable().default(null),
    parameters: samplingParameters.default({}),
    /** How often a call that failed for the moment (429, 5xx, no answer) is tried again on the same model. */
    retries: z.int().min(0).max(5).default(0),
    /** Tried in this order where the model stays away. The call still belongs to the variant that was assigned. */
    fallbackModelVersionIds: z.array(z.uuid()).max(5).default([]),
  })
  .superRefine((input, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (!input.abTestKey && !input.modelVersionId)
      issue("modelVersionId", "Choose a model version or an A/B test.");
    if (input.promptLabel && input.promptVersionId)
      issue("promptLabel", "Choose a label or a version, not both.");
    if (input.promptLabel && !input.promptName)
      issue("promptName", "Choose the prompt that the label is of.");
  });
export type SaveDeploymentInput = z.input<typeof saveDeploymentInput>;

export const deployment = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  isEnabled: z.boolean(),
  abTest: z.object({ id: z.uuid(), key: z.string(), status: z.string() }).nullable(),
  prompt: z
    .object({
      id: z.uuid(),
      name: z.string(),
      /** Null where a version is pinned. */
      label: z.string().nullable(),
      pinnedVersionId: z.uuid().nullable(),
      /** What is served now; null where the label points nowhere. */
      versionNumber: z.int().nullable(),
    })
    .nullable(),
  modelVersion: z
    .object({
      id: z.uuid(),
      number: z.int(),
      modelName: z.string(),
      providerModel: z.string(),
      isSimulated: z.boolean(),
    })
    .nullable(),
  parameters: samplingParameters,
  retries: z.int(),
  fallbackModelVersionIds: z.array(z.uuid()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Deployment = z.infer<typeof deployment>;
