"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { deleteDeployment as remove } from "#lib/deployments/delete-deployment.ts";
import { saveDeployment as save } from "#lib/deployments/save-deployment.ts";
import { saveDeploymentInput } from "#lib/deployments/schema.ts";
import { action } from "#lib/http/action.ts";

export const saveDeployment = action(saveDeploymentInput, async (ctx, input) => {
  const saved = await save(ctx, input);
  refresh();
  return saved;
});

export const deleteDeployment = action(z.object({ name: z.string() }), async (ctx, { name }) => {
  await remove(ctx, name);
});
