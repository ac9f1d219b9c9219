"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#lib/http/action.ts";
import { archiveScoreDefinition, saveScoreDefinition } from "#lib/scores/definitions.ts";
import { scoreDefinitionInput } from "#lib/scores/schema.ts";

export const saveDefinition = action(scoreDefinitionInput, async (ctx, definition) => {
  await saveScoreDefinition(ctx, definition);
  refresh();
});

export const archiveDefinition = action(
  z.object({ name: z.string(), isArchived: z.boolean() }),
  async (ctx, { name, isArchived }) => {
    await archiveScoreDefinition(ctx, name, isArchived);
    refresh();
  },
);
