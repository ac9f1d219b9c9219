"use server";

import { z } from "zod";
import { openAction } from "#lib/http/action.ts";
import { acceptInvitation, acceptInvitationInput } from "#lib/projects/members.ts";

export const joinWithNewAccount = openAction(
  acceptInvitationInput.extend({ token: z.string().max(200) }),
  async ({ token, ...account }) => await acceptInvitation(token, account),
);

export const joinWithAccount = openAction(
  z.object({ token: z.string().max(200) }),
  async ({ token }) => await acceptInvitation(token, null),
);
