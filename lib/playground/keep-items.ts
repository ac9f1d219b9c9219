import { z } from "zod";
import type { Context } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import type { Json } from "#lib/core/json.ts";
import { createDataset } from "#lib/datasets/create-dataset.ts";
import { importItems } from "#lib/datasets/import-items.ts";
import { findDataset } from "#lib/datasets/queries.ts";
import { datasetItemInput, datasetName, type ImportedVersion } from "#lib/datasets/schema.ts";
import { callLimit } from "./words.ts";

export const keepItemsInput = z.object({
  /** An existing dataset's name, or a new one's. */
  dataset: datasetName,
  items: z.array(datasetItemInput).min(1, "Choose at least one answer.").max(callLimit),
});

/** Answers as items of the dataset's next version; a dataset of a new name is made. Needs `evaluations:write`. */
export async function keepItems(
  ctx: Context,
  input: z.output<typeof keepItemsInput>,
): Promise<ImportedVersion> {
  return importItems(ctx, {
    dataset: await findOrCreate(ctx, input.dataset),
    items: input.items,
    mode: "append",
    message: "From the playground",
  });
}

async function findOrCreate(ctx: Context, name: string): Promise<string> {
  try {
    return (await findDataset(ctx, name)).id;
  } catch (error) {
    if (!isAppError(error) || error.code !== "not_found") throw error;
    return (await createDataset(ctx, { name, description: "" })).id;
  }
}

export type KeptItem = { input: Json; expected?: Json; sourceTraceId?: string; sourceSpanId?: string };
