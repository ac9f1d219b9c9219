"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { roles } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { action } from "#lib/http/action.ts";
import { revokeApiKey as revokeKey } from "#lib/projects/api-keys.ts";
import { createApiKeyInput, createApiKey as createKey } from "#lib/projects/create-api-key.ts";
import {
  cancelInvitation as cancel,
  changeRole as change,
  inviteMember as invite,
  inviteInput,
  removeMember as remove,
} from "#lib/projects/members.ts";
import { updateProject as update, updateProjectInput } from "#lib/projects/projects.ts";
import {
  protectLabel as protect,
  protectLabelInput,
  unprotectLabel as unprotect,
} from "#lib/registry/protect-label.ts";

export const updateProject = action(updateProjectInput, async (ctx, input) => {
  await update(ctx, input);
  refresh();
});

export const inviteMember = action(inviteInput, async (ctx, input) => {
  const { token } = await invite(ctx, input);
  refresh();
  return { url: `${publicOrigin()}/invite/${token}` };
});

export const cancelInvitation = action(z.object({ id: z.uuid() }), async (ctx, { id }) => {
  await cancel(ctx, id);
  refresh();
});

export const changeRole = action(
  z.object({ userId: z.string(), role: z.enum(roles) }),
  async (ctx, input) => {
    await change(ctx, input);
    refresh();
  },
);

export const removeMember = action(z.object({ userId: z.string() }), async (ctx, { userId }) => {
  await remove(ctx, userId);
  refresh();
});

export const createApiKey = action(createApiKeyInput, async (ctx, input) => {
  const { publicKey, secretKey } = await createKey(ctx, input);
  refresh();
  return { publicKey, secretKey };
});

export const revokeApiKey = action(z.object({ id: z.uuid() }), async (ctx, { id }) => {
  await revokeKey(ctx, id);
  refresh();
});

export const protectLabel = action(protectLabelInput, async (ctx, input) => {
  await protect(ctx, input);
  refresh();
});

export const unprotectLabel = action(z.object({ name: z.string() }), async (ctx, { name }) => {
  await unprotect(ctx, name);
  refresh();
});
