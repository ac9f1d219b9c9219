import { z } from "zod";
import type { Json, JsonObject } from "#lib/core/json.ts";

export const itemLimit = 1_000_000;

export const datasetName = z
  .string()
  .trim()
  .min(1, "Give the dataset a name.")
  .max(200)
  .regex(/^[^\p{C}]+$/u, "A name has no control characters.");

/** Any JSON but null: what arrives here has been through `JSON.parse` or React's serializer. */
const jsonValue = z
  .unknown()
  .refine(
    (value) => value !== undefined && value !== null,
    "Each item needs an input.",
  ) as unknown as z.ZodType<Json, Json>;
const optionalJson = z.unknown().optional() as unknown as z.ZodOptional<z.ZodType<Json, Json>>;
const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject, JsonObject>;

export const datasetItemInput = z.strictObject({
  /** The caller's own name of the item: importing the key again replaces the item. Its digest unless given. */
  key: z.string().min(1).max(500).optional(),
  /** An object's members are the prompt's variables; anything else is the variable `input`. */
  input: jsonValue,
  /** The right answer, or a list of accepted answers, or an object that `json_field_match` reads. */
  expected: optionalJson,
  metadata: jsonObject.optional(),
  sourceTraceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  sourceSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
});
export type DatasetItemInput = z.infer<typeof datasetItemInput>;

export const importMode = z.enum(["replace", "append"]);
export type ImportMode = z.infer<typeof importMode>;

export const importItemsBody = z.object({
  items: z.array(datasetItemInput).max(itemLimit, "A dataset holds at most 1,000,000 items."),
  /** `replace`: the new version is exactly these items. `append`: these are added, or replace those of their key. */
  mode: importMode.default("append"),
  message: z.string().max(1000).default(""),
});

export const createDatasetInput = z.object({
  name: datasetName,
  description: z.string().max(2000).default(""),
});

export const addFromTraceInput = z.object({
  dataset: z.string().min(1),
  input: jsonValue,
  expected: optionalJson,
  metadata: jsonObject.optional(),
  sourceTraceId: z.string().regex(/^[0-9a-f]{32}$/, "A trace id is 32 hexadecimal characters."),
  sourceSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/, "A span id is 16 hexadecimal characters.")
    .optional(),
});

export const datasetVersion = z.object({
  id: z.uuid(),
  datasetId: z.uuid(),
  datasetName: z.string(),
  number: z.int(),
  /** SHA-256 over the sorted item digests: equal content, equal digest. */
  digest: z.string(),
  itemCount: z.int(),
  message: z.string(),
  authorName: z.string(),
  createdAt: z.iso.datetime(),
});
export type DatasetVersion = z.infer<typeof datasetVersion>;

export const importedVersion = datasetVersion.extend({
  /** False when the content was the latest version's already: that version is returned and nothing is written. */
  isNew: z.boolean(),
  addedCount: z.int(),
  removedCount: z.int(),
});
export type ImportedVersion = z.infer<typeof importedVersion>;

export const dataset = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  createdAt: z.iso.datetime(),
  /** Null until something has been imported. */
  latest: datasetVersion.nullable(),
});
export type Dataset = z.infer<typeof dataset>;

export const datasetItem = z.object({
  id: z.uuid(),
  key: z.string(),
  digest: z.string(),
  input: jsonValue,
  expected: z.unknown() as unknown as z.ZodType<Json | null, Json | null>,
  metadata: jsonObject,
  sourceTraceId: z.string().nullable(),
  sourceSpanId: z.string().nullable(),
  position: z.int(),
});
export type DatasetItem = z.infer<typeof datasetItem>;
