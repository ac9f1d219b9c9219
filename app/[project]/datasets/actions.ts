"use server";

import { z } from "zod";
import { createDataset as create } from "#lib/datasets/create-dataset.ts";
import { listItems as list } from "#lib/datasets/queries.ts";
import { createDatasetInput } from "#lib/datasets/schema.ts";
import { action } from "#lib/http/action.ts";

export const createDataset = action(createDatasetInput, create);

export const listItems = action(
  z.object({ datasetVersionId: z.uuid(), cursor: z.string().max(200).nullable(), limit: z.int().max(1000) }),
  list,
);
