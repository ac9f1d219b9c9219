"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#lib/http/action.ts";
import { deletePrice, savePrice } from "#lib/models/prices.ts";
import { saveModelPriceInput } from "#lib/models/schema.ts";

export const setPrice = action(saveModelPriceInput, async (ctx, input) => {
  await savePrice(ctx, input);
  refresh();
});

export const removePrice = action(z.object({ id: z.uuid() }), async (ctx, { id }) => {
  await deletePrice(ctx, id);
  refresh();
});
