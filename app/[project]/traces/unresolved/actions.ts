"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#lib/http/action.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
import { saveVersionInput } from "#lib/prompts/schema.ts";
import { relinkSoon } from "#lib/traces/relink-soon.ts";

/** Makes the prompt that spans name, and has them linked to it. */
export const createNamedPrompt = action(saveVersionInput, async (ctx, input) => {
  const { version } = await saveVersion(ctx, input);
  await relinkSoon(ctx);
  return { name: version.name };
});

export const lookAgain = action(z.object({}), async (ctx) => {
  await relinkSoon(ctx);
  refresh();
});
