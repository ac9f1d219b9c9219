"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#lib/http/action.ts";
import { changeWebhook } from "#lib/webhooks/change-webhook.ts";
import { createWebhook } from "#lib/webhooks/create-webhook.ts";
import { deleteWebhook } from "#lib/webhooks/delete-webhook.ts";
import { redeliver } from "#lib/webhooks/redeliver.ts";
import { changeWebhookInput, createWebhookInput } from "#lib/webhooks/schema.ts";
import { sendTest } from "#lib/webhooks/send-test.ts";

const byId = z.object({ id: z.uuid() });

export const addWebhook = action(createWebhookInput, async (ctx, input) => {
  const { secret } = await createWebhook(ctx, input);
  return { secret };
});

export const editWebhook = action(
  changeWebhookInput.extend({ id: z.uuid() }),
  async (ctx, { id, ...input }) => {
    await changeWebhook(ctx, id, input);
    refresh();
  },
);

export const removeWebhook = action(byId, async (ctx, { id }) => {
  await deleteWebhook(ctx, id);
  refresh();
});

export const testWebhook = action(byId, (ctx, { id }) => sendTest(ctx, id));

export const sendAgain = action(byId, async (ctx, { id }) => {
  await redeliver(ctx, id);
});
