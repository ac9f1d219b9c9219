"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { isAppError } from "#lib/core/errors.ts";
import { action } from "#lib/http/action.ts";
import { testConnection as test } from "#lib/llm/test-connection.ts";
import { archiveConnection as archive } from "#lib/models/archive-connection.ts";
import { createModel } from "#lib/models/create-model.ts";
import { createModelVersion } from "#lib/models/create-model-version.ts";
import { findModel } from "#lib/models/queries.ts";
import { saveConnection as save } from "#lib/models/save-connection.ts";
import { createModelInput, createModelVersionInput, saveConnectionInput } from "#lib/models/schema.ts";
import { setStageInput } from "#lib/registry/schema.ts";
import { setStage } from "#lib/registry/set-stage.ts";

const byId = z.object({ id: z.uuid() });

export const saveConnection = action(saveConnectionInput, async (ctx, input) => {
  const saved = await save(ctx, input);
  refresh();
  return saved;
});

export const testConnection = action(byId, (ctx, { id }) => test(ctx, id));

export const archiveConnection = action(byId, async (ctx, { id }) => {
  await archive(ctx, id);
  refresh();
});

/** Adds a version, and registers the model first when its name is new. */
export const saveModelVersion = action(
  createModelVersionInput.extend({ model: createModelInput.shape.name }),
  async (ctx, input) => {
    const known = await findModel(ctx, input.model).catch((error) => {
      if (isAppError(error) && error.code === "not_found") return null;
      throw error;
    });
    if (!known) await createModel(ctx, { name: input.model });
    const saved = await createModelVersion(ctx, input);
    refresh();
    return saved;
  },
);

export const changeStage = action(setStageInput, async (ctx, input) => {
  const set = await setStage(ctx, input);
  refresh();
  return set;
});
